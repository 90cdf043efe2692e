//! What goes through a proxy, and what does not.

use eventgrid::TransportError;
use eventgrid::TransportErrorKind::{Connect, Resolve};

use crate::exchange::Exchange;
use crate::options::{Options, Proxy};
use crate::process;
use crate::server::{Reserved, Script, Server};
use crate::subject::Adapter;
use crate::transport::OK;

rows![
    this_machine_is_not_reached_through_a_proxy,
    nor_through_one_that_the_environment_names,
    another_machine_is_reached_through_the_proxy,
    a_proxy_that_is_not_there,
    the_first_variable_of_the_scheme_counts,
    a_host_that_is_excepted_is_reached_without_a_proxy,
    a_proxy_that_cannot_be_used_is_a_lasting_error,
];

fn through(adapter: Adapter, proxy: Proxy) -> crate::subject::Subject {
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

fn reach_this_machine(subject: &crate::subject::Subject) {
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

type Variables = Vec<(&'static str, String)>;

/// Which of these proxies a request to that URL goes to, by the variables that name them in turn.
fn goes_to(adapter: Adapter, url: &str, names: &[&'static str]) -> Vec<&'static str> {
    let refusing =
        || Server::start([Script::new().head().write("HTTP/1.1 502 No\r\nContent-Length: 0\r\n\r\n")]);
    let proxies: Vec<_> = names.iter().map(|name| (*name, refusing())).collect();
    let variables: Variables = proxies.iter().map(|(name, proxy)| (*name, proxy.url())).collect();
    drop(Exchange::publish(url).send(&through(adapter, Proxy::Variables(variables))));
    let asked =
        proxies.into_iter().filter_map(|(name, proxy)| (proxy.finish().connections > 0).then_some(name));
    asked.collect()
}

fn the_first_variable_of_the_scheme_counts(adapter: Adapter) {
    let https = ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"];
    let http = ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"];
    for (url, names, others) in [
        ("https://eventgrid.invalid", https, [http[0], http[1]]),
        ("http://eventgrid.invalid", http, [https[0], https[1]]),
    ] {
        for first in 0..names.len() {
            let set = [&others[..], &names[first..]].concat();
            assert_eq!(goes_to(adapter, url, &set), [names[first]], "{url}: {set:?}");
        }
        assert!(goes_to(adapter, url, &others).is_empty(), "{url}: {others:?}");
    }
}

fn a_host_that_is_excepted_is_reached_without_a_proxy(adapter: Adapter) {
    for (list, url) in [
        ("eventgrid.invalid", "http://ns.eventgrid.invalid"),
        (".eventgrid.invalid", "https://eventgrid.invalid"),
        ("other.example, ns.eventgrid.invalid:8443", "https://ns.eventgrid.invalid:8443"),
        ("*", "https://eventgrid.invalid"),
    ] {
        let proxy = Server::start([]);
        let variables: Variables = vec![("ALL_PROXY", proxy.url()), ("NO_PROXY", list.to_owned())];
        let subject = through(adapter, Proxy::Variables(variables));
        Exchange::publish(url).send(&subject).assert_failure(Resolve, false);
        assert_eq!(proxy.finish().connections, 0, "{list}");
    }
}

fn a_proxy_that_cannot_be_used_is_a_lasting_error(adapter: Adapter) {
    for (url, word) in [("socks5h://user:secret@localhost", "SOCKS"), ("http://user:secret@", "HOST")] {
        let subject = through(adapter, Proxy::Variables(vec![("ALL_PROXY", url.to_owned())]));
        for service in ["https://eventgrid.invalid", "http://eventgrid.invalid"] {
            let outcome = Exchange::publish(service).send(&subject);
            let failure = outcome.result.expect_err("nothing can have been sent");
            assert!(!failure.may_have_been_sent() && !failure.kind().is_transient(), "{failure:?}");
            let text = failure.to_string();
            assert!(text.contains("ALL_PROXY") && text.contains(word) && !text.contains("secret"), "{text}");
        }
        reach_this_machine(&subject);
    }
}
