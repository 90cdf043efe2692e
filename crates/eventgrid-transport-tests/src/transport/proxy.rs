//! What goes through a proxy, and what does not.

use eventgrid::TransportErrorKind::Connect;

use crate::exchange::Exchange;
use crate::process;
use crate::server::{Reserved, Script, Server};
use crate::transport::OK;
use crate::{Adapter, Options, Proxy};

rows![
    this_machine_is_not_reached_through_a_proxy,
    nor_through_one_that_the_environment_names,
    another_machine_is_reached_through_the_proxy,
    a_proxy_that_is_not_there,
];

fn through(adapter: Adapter, proxy: Proxy) -> crate::Subject {
    adapter(&Options { proxy, ..Options::default() })
}

fn this_machine_is_not_reached_through_a_proxy(adapter: Adapter) {
    let proxy = Server::start([]);
    reach_this_machine(&through(adapter, Proxy::Url(proxy.url())));
    assert_eq!(proxy.finish().connections, 0);
}

fn nor_through_one_that_the_environment_names(adapter: Adapter) {
    if process::is_child() {
        return reach_this_machine(&through(adapter, Proxy::Environment));
    }
    let proxy = Server::start([]);
    process::run_again("transport::proxy::nor_through_one_that_the_environment_names", &proxy.url());
    assert_eq!(proxy.finish().connections, 0);
}

fn reach_this_machine(subject: &crate::Subject) {
    let server = Server::start([Script::new().respond(OK)]);
    Exchange::publish(server.url()).send(subject).assert_response(200, b"{}");
    assert_eq!(server.finish().requests.len(), 1);
}

fn another_machine_is_reached_through_the_proxy(adapter: Adapter) {
    let proxy = Server::start([Script::new().tunnel().write(OK)]);
    let subject = through(adapter, Proxy::Url(proxy.url()));
    Exchange::publish("http://eventgrid.invalid:8080").send(&subject).assert_response(200, b"{}");
    let log = proxy.finish();
    let [received] = &log.requests[..] else { panic!("{log:?}") };
    assert_eq!(received.header("host"), ["eventgrid.invalid:8080"]);
}

fn a_proxy_that_is_not_there(adapter: Adapter) {
    let nobody = Reserved::new();
    let subject = through(adapter, Proxy::Url(nobody.url()));
    Exchange::publish("http://eventgrid.invalid").send(&subject).assert_failure(Connect, false);
}
