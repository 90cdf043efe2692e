//! How long is waited.

use std::time::Duration;

use eventgrid::Limits;
use eventgrid::TransportErrorKind::Timeout;

use crate::exchange::Exchange;
use crate::server::{Gate, Script, Server};
use crate::transport::OK;
use crate::{Adapter, Options};

rows![
    a_response_held_back_on_purpose_is_waited_for,
    a_response_that_does_not_come,
    a_response_that_stops_in_its_body,
];

const SHORT: Duration = Duration::from_millis(100);

/// The server responds when the limit alone has passed, but not the wait time.
fn a_response_held_back_on_purpose_is_waited_for(adapter: Adapter) {
    let server = Server::start([Script::new().request().sleep(SHORT * 4).write(OK)]);
    let subject = adapter(&Options::with_limits(Limits::new().with_response(SHORT)));
    Exchange::receive(server.url(), Duration::from_secs(60)).send(&subject).assert_response(200, b"{}");
    server.finish();
}

fn a_response_that_does_not_come(adapter: Adapter) {
    let gate = Gate::new();
    let server = Server::start([Script::new().request().wait(&gate).write(OK), Script::new().respond(OK)]);
    let subject = adapter(&Options::with_limits(Limits::new().with_response(SHORT)));
    Exchange::receive(server.url(), SHORT).send(&subject).assert_failure(Timeout, true);
    gate.open();
    // The late response is not taken for that of the next request.
    let outcome = Exchange::receive(server.url(), Duration::from_secs(60)).send(&subject);
    outcome.assert_response(200, b"{}");
    let log = server.finish();
    assert_eq!((log.connections, log.requests.len()), (2, 2));
}

fn a_response_that_stops_in_its_body(adapter: Adapter) {
    let gate = Gate::new();
    let body = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello";
    let server = Server::start([Script::new().respond(body).wait(&gate)]);
    let subject = adapter(&Options::with_limits(Limits::new().with_idle(SHORT)));
    Exchange::publish(server.url()).send(&subject).assert_failure(Timeout, true);
    gate.open();
    assert_eq!(server.finish().requests.len(), 1);
}
