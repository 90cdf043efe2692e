//! Any status is a response, with all of its headers.

use crate::exchange::Exchange;
use crate::options::Options;
use crate::server::{Script, Server};
use crate::subject::Adapter;
use crate::transport::{OK, response};

rows![
    any_status_is_a_response_and_keeps_its_connection,
    informational_responses_are_passed_over,
    a_redirect_is_not_followed,
    every_header_is_shown,
];

fn any_status_is_a_response_and_keeps_its_connection(adapter: Adapter) {
    const WITHOUT_BODY: [u16; 2] = [204, 304];
    const WITH_BODY: [u16; 25] = [
        200, 201, 202, 206, 299, 300, 301, 302, 303, 307, 308, 400, 401, 403, 404, 405, 408, 409, 413, 429,
        500, 501, 502, 503, 504,
    ];
    let mut script = Script::new();
    for status in WITHOUT_BODY {
        script = script.respond(format!("HTTP/1.1 {status} Nothing To Say\r\n\r\n"));
    }
    for status in WITH_BODY {
        script = script.respond(response(status, format!("this is {status}")));
    }
    let server = Server::start([script]);
    let subject = adapter(&Options::default());
    for status in WITHOUT_BODY {
        Exchange::publish(server.url()).send(&subject).assert_response(status, b"");
    }
    for status in WITH_BODY {
        let body = format!("this is {status}");
        Exchange::publish(server.url()).send(&subject).assert_response(status, body.as_bytes());
    }
    let log = server.finish();
    assert_eq!((log.connections, log.requests.len()), (1, WITHOUT_BODY.len() + WITH_BODY.len()));
}

fn informational_responses_are_passed_over(adapter: Adapter) {
    let server = Server::start([Script::new()
        .request()
        .write("HTTP/1.1 100 Continue\r\n\r\n")
        .write(
            "HTTP/1.1 100 Continue\r\nVia: 1.1 proxy\r\n\r\nHTTP/1.1 100 Continue\r\nVia: 1.1 proxy\r\n\r\n",
        )
        .write("HTTP/1.1 103 Early Hints\r\nLink: </style.css>\r\nRetry-After: 7\r\n\r\n")
        .write("HTTP/1.1 503 Busy\r\nX-Last: yes\r\nContent-Length: 4\r\n\r\nbusy")]);
    let subject = adapter(&Options::default());
    let outcome = Exchange::publish(server.url()).send(&subject);
    outcome.assert_response(503, b"busy");
    let names: Vec<_> = outcome.headers.iter().map(|(name, _)| name.to_ascii_lowercase()).collect();
    assert_eq!(names, ["x-last", "content-length"]);
    assert_eq!(server.finish().requests.len(), 1);
}

fn a_redirect_is_not_followed(adapter: Adapter) {
    for status in [301, 302, 303, 307, 308] {
        let other = Server::start([Script::new().respond(OK)]);
        let redirect = format!(
            "HTTP/1.1 {status} Elsewhere\r\nLocation: {}/\r\nContent-Length: 9\r\n\r\nelsewhere",
            other.url()
        );
        let server = Server::start([Script::new().respond(redirect)]);
        let subject = adapter(&Options::default());
        let outcome = Exchange::publish(server.url()).send(&subject);
        outcome.assert_response(status, b"elsewhere");
        let location = format!("{}/", other.url());
        let shown = outcome.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("location"));
        assert_eq!(shown.map(|(_, value)| &value[..]), Some(location.as_bytes()));
        assert_eq!(server.finish().requests.len(), 1);
        assert_eq!(other.finish().connections, 0, "the other host must not be asked");
    }
}

fn every_header_is_shown(adapter: Adapter) {
    let head = b"HTTP/1.1 200 OK\r\n\
        Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n\
        RETRY-AFTER:7\r\n\
        x-ms-request-id:   abc   \r\n\
        X-Twice: first\r\n\
        X-Empty:\r\n\
        X-Bytes: \xe9\xff\r\n\
        x-twice: second\r\n\
        Content-Length: 0\r\n\r\n";
    let server = Server::start([Script::new().respond(head)]);
    let subject = adapter(&Options::default());
    let outcome = Exchange::publish(server.url()).send(&subject);
    outcome.assert_response(200, b"");
    let mut shown: Vec<(String, &[u8])> =
        outcome.headers.iter().map(|(name, value)| (name.to_ascii_lowercase(), value.trim_ascii())).collect();
    // Headers of one name keep their order; between names it says nothing.
    shown.sort_by(|a, b| a.0.cmp(&b.0));
    let expected: [(&str, &[u8]); 8] = [
        ("content-length", b"0"),
        ("date", b"Sun, 06 Nov 1994 08:49:37 GMT"),
        ("retry-after", b"7"),
        ("x-bytes", b"\xe9\xff"),
        ("x-empty", b""),
        ("x-ms-request-id", b"abc"),
        ("x-twice", b"first"),
        ("x-twice", b"second"),
    ];
    assert_eq!(shown, expected.map(|(name, value)| (name.to_owned(), value)));
    server.finish();
}
