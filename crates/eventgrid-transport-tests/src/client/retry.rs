//! Responses after which the client makes another attempt, and how long it waits.

use std::time::Duration;

use crate::client::{Recorder, client, event, publisher};
use crate::server::{Script, Server};
use crate::subject::Adapter;
use crate::transport::OK;

rows![
    what_may_pass_is_retried,
    each_wait_is_twice_as_long_until_the_retries_end,
    a_wait_that_is_too_long_is_reported_at_once,
];

const TRANSIENT: [u16; 6] = [408, 429, 500, 502, 503, 504];

fn what_may_pass_is_retried(adapter: Adapter) {
    let cases = [
        ("", 400),
        ("Retry-After: 0\r\n", 400),
        ("Retry-After: 7\r\n", 7000),
        ("retry-after-ms: 2500\r\n", 2500),
        ("x-ms-retry-after-ms: 2500\r\nRetry-After: 3\r\n", 2500),
        ("Retry-After: Sun, 06 Nov 1994 08:49:40 GMT\r\n", 3000),
        ("Retry-After: Sun, 06 Nov 1994 08:49:40 GMT\r\nDate: Sun, 06 Nov 1994 08:49:38 GMT\r\n", 2000),
    ];
    for status in TRANSIENT {
        for (header, wait) in cases {
            let busy = format!("HTTP/1.1 {status} Not Now\r\n{header}Content-Length: 4\r\n\r\nbusy");
            let server = Server::start([Script::new().respond(busy).respond(OK)]);
            let recorder = Recorder::default();
            publisher(client(adapter, &recorder), server.url()).send(&event()).unwrap();
            assert_eq!(recorder.slept(), [Duration::from_millis(wait)], "{status} {header}");
            let log = server.finish();
            let [first, second] = &log.requests[..] else { panic!("{log:?}") };
            assert_eq!((&first.line, &first.body), (&second.line, &second.body));
            assert_eq!(first.headers, second.headers);
            assert_eq!(log.connections, 1);
        }
    }
}

fn each_wait_is_twice_as_long_until_the_retries_end(adapter: Adapter) {
    for status in TRANSIENT {
        let busy = format!("HTTP/1.1 {status} Not Now\r\nContent-Length: 0\r\n\r\n");
        let script = (0..4).fold(Script::new(), |script, _| script.respond(&busy));
        let server = Server::start([script]);
        let recorder = Recorder::default();
        let error = publisher(client(adapter, &recorder), server.url()).send(&event()).unwrap_err();
        assert_eq!(error.status(), Some(status));
        assert_eq!(recorder.slept(), [400, 800, 1600].map(Duration::from_millis));
        assert_eq!(server.finish().requests.len(), 4);
    }
}

fn a_wait_that_is_too_long_is_reported_at_once(adapter: Adapter) {
    let throttled = "HTTP/1.1 429 Too Many Requests\r\nRetry-After: 301\r\nContent-Length: 0\r\n\r\n";
    let server = Server::start([Script::new().respond(throttled)]);
    let recorder = Recorder::default();
    let error = publisher(client(adapter, &recorder), server.url()).send(&event()).unwrap_err();
    assert!(error.is_throttled() && error.is_retryable(), "{error}");
    assert_eq!(error.retry_after(), Some(Duration::from_secs(301)));
    assert!(recorder.slept().is_empty());
    assert_eq!(server.finish().requests.len(), 1);
}
