//! Custom requests.

#![cfg(feature = "std")]

use std::time::Duration;

use crate::support::{Scripted, ScriptedError, Step, Still, interrupted, ready, response, response_with};
use eventgrid::target::{AnyTarget, BasicTopic, Domain, PartnerChannel};
use eventgrid::{
    AccessKey, ApiVersion, Client, Consumer, Error, NamespaceTopic, Publisher, RawRequest, RawResponse,
    Replay, RequestError, Subscription, blocking,
};

type Outcome = Result<RawResponse, Error<'static, ScriptedError>>;

/// Sends it by a publisher and by a consumer, in both colours, and gives what came of it and what
/// was sent.
fn send(steps: &[Step], request: &RawRequest<'_>) -> (Outcome, Vec<String>) {
    let endpoint = "https://h/base";
    let run = |which: u8| {
        let (transport, environment) = (Scripted::new(steps.to_vec()), Still::default());
        let client = Client::new(&transport, &environment, AccessKey::new("c2VjcmV0"));
        let topic = NamespaceTopic::new(endpoint, "t").unwrap();
        let subscription = Subscription::new(endpoint, "t", "s").unwrap();
        let outcome = match which {
            0 => blocking::Publisher::new(client, topic).send_request(request),
            1 => blocking::Consumer::new(client, subscription).send_request(request),
            2 => ready(Publisher::new(client, topic).send_request(request)),
            _ => ready(Consumer::new(client, subscription).send_request(request)),
        };
        (outcome, transport.seen())
    };
    let first = run(0);
    for which in 1..4 {
        assert_eq!(format!("{first:?}"), format!("{:?}", run(which)));
    }
    first
}

#[test]
fn everything_is_the_callers() {
    let request = RawRequest::new("PUT", "/a%20b/c")
        .query("api-version", "2024-06-01")
        .query("q&", "é=")
        .header("X-Mine", "1")
        .header("content-type", "text/plain")
        .body(b"hello");
    let reply = Step::Response {
        status: 207,
        headers: vec![("X-One", "1".into()), ("x-two", "2".into()), ("x-one", "3".into())],
        body: b"\x00\xff".to_vec(),
    };
    let (response, seen) = send(&[reply], &request);
    let response = response.unwrap();
    assert_eq!(response.status(), 207);
    let headers: Vec<_> = response.headers().collect();
    assert_eq!(headers, [("X-One", &b"1"[..]), ("x-two", b"2"), ("x-one", b"3")]);
    assert_eq!(response.header("x-ONE"), Some(&b"1"[..]));
    assert_eq!(response.header("x-three"), None);
    assert_eq!(response.body(), b"\x00\xff");
    assert_eq!(
        seen,
        [format!(
            "PUT /base/a%20b/c?api-version=2024-06-01&q%26=%C3%A9%3D HTTP/1.1\n\
             host: h\n\
             accept: application/json\n\
             user-agent: eventgrid-rust/{}\n\
             x-ms-client-request-id: 00000000000000000000000000000000\n\
             x-mine: 1\n\
             content-type: text/plain\n\
             authorization: SharedAccessKey c2VjcmV0\n\n\
             hello",
            env!("CARGO_PKG_VERSION")
        )]
    );
}

#[test]
fn any_status_is_a_response_and_only_the_last_attempt_counts() {
    for status in [302, 400, 404, 501] {
        assert_eq!(send(&[response(status, "x")], &RawRequest::new("GET", "/")).0.unwrap().status(), status);
    }
    let steps = [response_with(503, "x-try", "1"), response_with(200, "x-try", "2")];
    let (response, seen) = send(&steps, &RawRequest::new("GET", "/"));
    assert_eq!(response.unwrap().headers().collect::<Vec<_>>(), [("x-try", &b"2"[..])]);
    assert_eq!(seen.len(), 2);
}

#[test]
fn it_is_sent_twice_only_if_that_is_said_to_be_harmless() {
    let steps = [interrupted(), response(200, "")];
    let request = RawRequest::new("POST", "/");
    assert!(send(&steps, &request).0.unwrap_err().may_have_been_acted_on());
    assert_eq!(
        send(&steps, &request.replay(Replay::Always).wait(Duration::from_secs(9))).0.unwrap().status(),
        200
    );
}

#[test]
fn what_is_no_request_is_refused() {
    let refused = |request: &RawRequest<'_>| match send(&[], request).0.unwrap_err() {
        Error::Request(error) => error,
        other => panic!("{other:?}"),
    };
    for method in ["", "G T", "GET\r\n"] {
        assert_eq!(refused(&RawRequest::new(method, "/")), RequestError::Method);
    }
    for path in ["", "a", "/a b", "/a?b", "/a#b", "/é", "/a\n"] {
        assert_eq!(refused(&RawRequest::new("GET", path)), RequestError::Path);
    }
    for (name, value) in [
        ("", "v"),
        ("a b", "v"),
        ("a:", "v"),
        ("a", "v\r\nb: c"),
        ("Host", "h"),
        ("Authorization", "x"),
        ("content-length", "1"),
        ("Cookie", "a=b"),
    ] {
        let error = refused(&RawRequest::new("GET", "/").header(name, value));
        assert!(matches!(error, RequestError::Header { .. }), "{name}: {error:?}");
    }
}

#[test]
fn the_callers_header_takes_the_place_of_the_clients() {
    let request =
        RawRequest::new("GET", "/").header("Accept", "text/plain").header("x-ms-client-request-id", "mine");
    let (_, seen) = send(&[response(200, "")], &request);
    assert_eq!(seen[0].matches("accept: ").count(), 1, "{}", seen[0]);
    assert!(seen[0].contains("\naccept: text/plain\nx-ms-client-request-id: mine\n"), "{}", seen[0]);
    assert_eq!(seen[0].matches("x-ms-client-request-id").count(), 1);
}

#[test]
fn the_credential_is_written_as_the_target_wants_it() {
    let transport = Scripted::new([response(200, "")]);
    let client = Client::new(&transport, Still::default(), AccessKey::new("k"));
    let publisher = blocking::Publisher::new(client, BasicTopic::new("https://h").unwrap());
    let _ = publisher.send_request(&RawRequest::new("POST", "/api/events")).unwrap();
    assert!(transport.seen()[0].contains("\naeg-sas-key: k\n"));
}

/// The first line of the request that is sent to that target.
fn request_line(
    target: AnyTarget<'static>,
    version: Option<ApiVersion>,
    request: &RawRequest<'_>,
) -> Result<String, RequestError> {
    let transport = Scripted::new([response(200, "")]);
    let mut client = Client::new(&transport, Still::default(), AccessKey::new("k"));
    if let Some(version) = version {
        client = client.api_version(version);
    }
    match blocking::Publisher::new(client, target).send_request(request) {
        Ok(_) => Ok(transport.seen()[0].lines().next().unwrap().replace(" HTTP/1.1", "")),
        Err(Error::Request(error)) => Err(error),
        Err(other) => panic!("{other:?}"),
    }
}

#[test]
fn a_basic_topic_is_reached_with_and_without_the_path_of_its_endpoint() {
    for (endpoint, path, sent) in [
        ("https://h", "/api/events", "/api/events"),
        ("https://h", "", "/api/events"),
        ("https://h/api/events", "/api/events", "/api/events"),
        ("https://h/api/events/", "", "/api/events"),
        ("https://h/base/api/events", "/api/events", "/base/api/events"),
        ("https://h/api/events", "/api/events/validate", "/api/events/validate"),
        ("https://h/api/events", "/api/events2", "/api/events/api/events2"),
        ("https://h/api/events", "/other", "/api/events/other"),
        ("https://h/base", "/api/events", "/base/api/events"),
        ("https://h/base", "", "/base"),
    ] {
        let targets: [AnyTarget<'static>; 3] = [
            BasicTopic::new(endpoint).unwrap().into(),
            Domain::new(endpoint).unwrap().into(),
            PartnerChannel::new(endpoint, "c").unwrap().into(),
        ];
        for target in targets {
            let line = request_line(target, None, &RawRequest::new("POST", path)).unwrap();
            assert_eq!(line, format!("POST {sent}?api-version=2018-01-01"), "{endpoint} {path}");
        }
    }
}

#[test]
fn the_api_version_is_the_targets_unless_the_request_or_the_client_has_one() {
    let namespace = || NamespaceTopic::new("https://h", "t").unwrap().into();
    let topic = || BasicTopic::new("https://h").unwrap().into();
    let request = RawRequest::new("GET", "/x");
    assert_eq!(request_line(namespace(), None, &request).unwrap(), "GET /x?api-version=2024-06-01");
    assert_eq!(request_line(topic(), None, &request).unwrap(), "GET /x?api-version=2018-01-01");
    let older: Option<ApiVersion> = "2023-11-01".parse().ok();
    assert_eq!(request_line(namespace(), older, &request).unwrap(), "GET /x?api-version=2023-11-01");
    let own = request.clone().query("API-Version", "2025-02-15-preview");
    assert_eq!(request_line(namespace(), older, &own).unwrap(), "GET /x?API-Version=2025-02-15-preview");
    assert_eq!(request_line(namespace(), older, &request.without_api_version()).unwrap(), "GET /x");
    assert_eq!(
        request_line(namespace(), None, &RawRequest::new("GET", "")),
        Err(RequestError::Path),
        "the root of a namespace is `/`"
    );
}
