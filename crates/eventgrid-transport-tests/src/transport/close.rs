//! What `close` does to the connections of a transport.

use std::thread;

use eventgrid::Transport as _;

use crate::exchange::Exchange;
use crate::options::Options;
use crate::server::{Gate, Script, Server};
use crate::subject::Adapter;
use crate::transport::OK;

rows![a_kept_connection_is_closed, a_connection_in_use_is_closed_after_its_response, it_can_be_done_twice];

fn a_kept_connection_is_closed(adapter: Adapter) {
    let ended = Gate::new();
    let server =
        Server::start([Script::new().respond(OK).end().open(&ended), Script::new().respond(OK).respond(OK)]);
    let subject = adapter(&Options::default());
    Exchange::publish(server.url()).send(&subject).assert_response(200, b"{}");
    subject.close();
    ended.wait();
    // The next call opens another one, which is kept again.
    for _ in 0..2 {
        Exchange::publish(server.url()).send(&subject).assert_response(200, b"{}");
    }
    let log = server.finish();
    assert_eq!((log.connections, log.requests.len()), (2, 3));
}

fn a_connection_in_use_is_closed_after_its_response(adapter: Adapter) {
    let (arrived, closed, ended) = (Gate::new(), Gate::new(), Gate::new());
    let first = Script::new().request().open(&arrived).wait(&closed).write(OK).end().open(&ended);
    let server = Server::start([first, Script::new().respond(OK)]);
    let subject = adapter(&Options::default());
    thread::scope(|scope| {
        let url = server.url();
        let call = scope.spawn(|| Exchange::publish(url).send(&subject));
        arrived.wait();
        subject.close();
        closed.open();
        call.join().unwrap().assert_response(200, b"{}");
    });
    ended.wait();
    Exchange::publish(server.url()).send(&subject).assert_response(200, b"{}");
    let log = server.finish();
    assert_eq!((log.connections, log.requests.len()), (2, 2));
}

fn it_can_be_done_twice(adapter: Adapter) {
    let server = Server::start([Script::new().respond(OK), Script::new().respond(OK)]);
    let subject = adapter(&Options::default());
    subject.close();
    Exchange::publish(server.url()).send(&subject).assert_response(200, b"{}");
    subject.close();
    subject.close();
    Exchange::publish(server.url()).send(&subject).assert_response(200, b"{}");
    let log = server.finish();
    assert_eq!((log.connections, log.requests.len()), (2, 2));
}
