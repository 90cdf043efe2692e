//! What goes through a proxy, and what does not.

use std::env;
use std::process::Command;
use std::sync::PoisonError;

use eventgrid::TransportErrorKind::Connect;

use crate::exchange::Exchange;
use crate::server::{Reserved, STARTING_PROCESS, Script, Server};
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

/// What can be changed of an environment safely is that of a child, which runs this row again.
fn nor_through_one_that_the_environment_names(adapter: Adapter) {
    const CHILD: &str = "CONFORMANCE_CHILD";
    if env::var_os(CHILD).is_some() {
        return reach_this_machine(&through(adapter, Proxy::Environment));
    }
    let proxy = Server::start([]);
    let output = {
        let _lock = STARTING_PROCESS.write().unwrap_or_else(PoisonError::into_inner);
        Command::new(env::current_exe().unwrap())
            .args(["--exact", "transport::proxy::nor_through_one_that_the_environment_names"])
            .env(CHILD, "1")
            .envs(["HTTP_PROXY", "http_proxy", "ALL_PROXY"].map(|name| (name, proxy.url())))
            .env_remove("NO_PROXY")
            .env_remove("no_proxy")
            .output()
            .unwrap()
    };
    let printed = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && printed.contains("1 passed"), "{printed}");
    assert_eq!(proxy.finish().connections, 0);
}

fn reach_this_machine(subject: &crate::Subject) {
    let server = Server::start([Script::new().answer(OK)]);
    Exchange::publish(server.url()).send(subject).assert_answer(200, b"{}");
    assert_eq!(server.finish().requests.len(), 1);
}

fn another_machine_is_reached_through_the_proxy(adapter: Adapter) {
    let proxy = Server::start([Script::new().tunnel().write(OK)]);
    let subject = through(adapter, Proxy::Url(proxy.url()));
    Exchange::publish("http://eventgrid.invalid:8080").send(&subject).assert_answer(200, b"{}");
    let log = proxy.finish();
    let [received] = &log.requests[..] else { panic!("{log:?}") };
    assert_eq!(received.header("host"), ["eventgrid.invalid:8080"]);
}

fn a_proxy_that_is_not_there(adapter: Adapter) {
    let nobody = Reserved::new();
    let subject = through(adapter, Proxy::Url(nobody.url()));
    Exchange::publish("http://eventgrid.invalid").send(&subject).assert_failure(Connect, false);
}
