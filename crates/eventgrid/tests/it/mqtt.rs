//! The HTTP interface of an MQTT broker: the exact bytes of every request, and how responses are
//! read.

#![cfg(feature = "std")]

use std::time::Duration;

use crate::support::{Scripted, ScriptedError, Step, Still, interrupted, ready, response};
use eventgrid::credential::{AuthorizationWriter, CredentialRequest};
use eventgrid::mqtt::{
    ListOptions, MqttBroker, MqttMessage, NextPage, Qos, RetainedMetadata, RetainedPage, TopicFilter,
    TopicName,
};
use eventgrid::{
    ApiVersion, Buf, CallOptions, Client, Credential, CredentialError, Error, MqttClient, RawRequest,
    RequestError, SendAsyncCredential, blocking,
};

const ENDPOINT: &str = "https://ns.westeurope-1.ts.eventgrid.azure.net";

/// A token, without the feature that fetches one.
#[derive(Clone, Copy)]
struct Token;

impl Credential for Token {
    fn authorize(
        &self,
        _: &CredentialRequest<'_>,
        headers: &mut AuthorizationWriter<'_, '_>,
    ) -> Result<(), CredentialError> {
        headers.header("authorization", "Bearer t")
    }
}

impl SendAsyncCredential for Token {}

type Mqtt<'a> = blocking::MqttClient<&'a Scripted, Still, Token>;

fn mqtt(transport: &Scripted) -> Mqtt<'_> {
    let client = Client::new(transport, Still::default(), Token);
    blocking::MqttClient::new(client, MqttBroker::new(ENDPOINT).unwrap())
}

fn topic(name: &str) -> TopicName<'_> {
    TopicName::new(name).unwrap()
}

/// The requests of some calls, each with a response of that status and body.
fn sent<R>(steps: impl IntoIterator<Item = Step>, calls: impl FnOnce(&Mqtt<'_>) -> R) -> (Vec<String>, R) {
    let transport = Scripted::new(steps);
    let result = calls(&mqtt(&transport));
    (transport.seen(), result)
}

fn published(message: &MqttMessage<'_>) -> String {
    let (mut seen, result) = sent([response(204, "")], |mqtt| mqtt.publish(message));
    result.unwrap();
    seen.remove(0)
}

/// Those of every request, up to the credential.
fn common(accept: &str) -> String {
    format!(
        "host: ns.westeurope-1.ts.eventgrid.azure.net\n\
         accept: {accept}\n\
         user-agent: eventgrid-rust/{}\n\
         x-ms-client-request-id: 00000000000000000000000000000000\n",
        env!("CARGO_PKG_VERSION")
    )
}

#[test]
fn publish_the_least() {
    assert_eq!(
        published(&MqttMessage::new(topic("devices/17/commands"), b"restart")),
        format!(
            "POST /mqtt/messages?api-version=2025-08-01-preview&topic=devices%2F17%2Fcommands&qos=1&retain=0 HTTP/1.1\n\
             {}authorization: Bearer t\n\nrestart",
            common("application/json")
        )
    );
}

#[test]
fn publish_everything() {
    let properties = [("Urgency", "alert"), ("RequestId", "é\"\n"), ("Urgency", "")];
    let message = MqttMessage::text(topic("a b/ü"), "{}")
        .with_qos(Qos::AtMostOnce)
        .retained()
        .with_response_topic(topic("back end/ä"))
        .with_correlation_data(&[0, 255, 16])
        .with_user_properties(&properties)
        .with_content_type("application/json")
        .with_expiry(Duration::from_millis(60_001));
    assert!(message.is_text());
    // [{"Urgency":"alert"},{"RequestId":"é\"\n"},{"Urgency":""}]
    let encoded = "W3siVXJnZW5jeSI6ImFsZXJ0In0seyJSZXF1ZXN0SWQiOiLDqVwiXG4ifSx7IlVyZ2VuY3kiOiIifV0=";
    assert_eq!(
        published(&message),
        format!(
            "POST /mqtt/messages?api-version=2025-08-01-preview&topic=a%20b%2F%C3%BC&qos=0&retain=1 HTTP/1.1\n\
             {}content-type: application/json\n\
             mqtt-response-topic: back%20end%2F%C3%A4\n\
             mqtt-correlation-data: AP8Q\n\
             mqtt-user-properties: {encoded}\n\
             mqtt-message-expiry: 61\n\
             mqtt-payload-format-indicator: 1\n\
             authorization: Bearer t\n\n{{}}",
            common("application/json")
        )
    );
    let forever = MqttMessage::new(topic("a"), b"").with_expiry(Duration::MAX);
    assert!(published(&forever).contains("\nmqtt-message-expiry: 4294967295\n"));
}

#[test]
fn delete_a_retained_message() {
    let (seen, result) = sent([response(202, "")], |mqtt| mqtt.delete_retained(topic("devices/17/state")));
    result.unwrap();
    let start = "POST /mqtt/messages?api-version=2025-08-01-preview&topic=devices%2F17%2Fstate&qos=1&retain=1 HTTP/1.1\n";
    assert!(seen[0].starts_with(start) && seen[0].ends_with("\nauthorization: Bearer t\n\n"), "{}", seen[0]);
}

#[test]
fn get_a_retained_message() {
    let headers = [
        ("Content-Type", "application/octet-stream"),
        ("X-MS-MQTT-Topic", "devices/17/state"),
        ("x-ms-mqtt-qos", "1"),
        ("x-ms-mqtt-size", " 300 "),
        ("x-ms-mqtt-expiry", "2025-11-16T13:00:00Z"),
        ("x-ms-mqtt-last-modified", "2025-11-16T12:00:00Z"),
    ];
    let headers = headers.map(|(name, value)| (name, value.to_owned())).to_vec();
    let failed = Step::Response {
        status: 503,
        headers: vec![("x-ms-mqtt-qos", "0".to_owned()), ("x-ms-mqtt-size", "7".to_owned())],
        body: Vec::new(),
    };
    let found = Step::Response { status: 200, headers, body: b"on\xff".to_vec() };
    let (seen, result) = sent([failed, found.clone()], |mqtt| mqtt.get_retained(topic("devices/17/state")));
    let message = result.unwrap();
    let metadata = message.metadata();
    assert_eq!(message.payload(), b"on\xff");
    assert_eq!((metadata.qos(), metadata.size()), (Some(Qos::AtLeastOnce), Some(300)));
    assert_eq!(metadata.expiry().unwrap().to_string(), "2025-11-16T13:00:00Z");
    assert_eq!(metadata.last_modified().unwrap().to_string(), "2025-11-16T12:00:00Z");
    assert_eq!(
        seen[1],
        format!(
            "GET /mqtt/retainedMessages/message?api-version=2025-11-16-preview&topic=devices%2F17%2Fstate HTTP/1.1\n\
             {}authorization: Bearer t\n\n",
            // In the order in which they are written.
            common("").replace("accept: \n", "")
                + "accept: application/octet-stream, application/json, */*\n"
        )
    );
    let (mut tx, mut rx) = ([0; 512], [0; 3]);
    let (_, size) = sent([found.clone()], |mqtt| {
        let (mut tx, mut rx) = (Buf::new(&mut tx), Buf::new(&mut rx));
        mqtt.get_retained_in(topic("a"), &mut tx, &mut rx).unwrap().metadata().size()
    });
    assert_eq!(size, Some(300));
    let (_, result) = sent([found], |mqtt| {
        let (mut tx, mut rx) = (Buf::new(&mut tx), Buf::new(&mut rx[..2]));
        mqtt.get_retained_in(topic("a"), &mut tx, &mut rx).map(drop).map_err(|error| error.is_too_large())
    });
    assert_eq!(result, Err(true), "a payload is never cut");
}

#[test]
fn what_the_broker_does_not_say_of_a_message_is_none() {
    let named = |names: [&'static str; 3]| Step::Response {
        status: 200,
        headers: names.map(|name| (name, "1".to_owned())).to_vec(),
        body: Vec::new(),
    };
    let (_, result) =
        sent([named(["mqtt-qos", "X-Mqtt-Size", "x-ms-mqtt-expiry"])], |mqtt| mqtt.get_retained(topic("a")));
    let metadata = *result.unwrap().metadata();
    assert_eq!((metadata.qos(), metadata.size(), metadata.expiry()), (Some(Qos::AtLeastOnce), Some(1), None));
    let (_, result) =
        sent([named(["qos", "x-other-mqtt-size", "size"])], |mqtt| mqtt.get_retained(topic("a")));
    assert_eq!(*result.unwrap().metadata(), RetainedMetadata::default());
    let (_, result) = sent([response(404, "")], |mqtt| mqtt.get_retained(topic("a")));
    let error = result.unwrap_err();
    assert!(error.is_not_found());
    assert_eq!(
        error.to_string(),
        "the broker retains no message for the topic, or this is not the endpoint of an MQTT broker (status 404)"
    );
}

#[test]
fn a_broker_that_refuses_the_token_has_no_advice_about_keys() {
    let (_, result) = sent([response(401, "")], |mqtt| mqtt.get_retained(topic("a")));
    let error = result.unwrap_err();
    assert!(error.is_unauthorized());
    assert_eq!(
        error.to_string(),
        "the broker does not accept the token: check its scope, and whether it has expired (status 401)"
    );
}

const FIRST: &str = r#"{"nextLink":"https://NS.westeurope-1.ts.eventgrid.azure.net:443/mqtt/retainedMessages?api-version=2025-11-16-preview\u0026continuationToken=a%2Fb",
    "retainedMessages":[{"topic":"a/1","qos":1,"size":42,"expiry":null,"lastModifiedTime":"2025-11-16T12:00:00Z"},{"topic":"a\/2","qos":"0","size":"7"}]}"#;
const LAST: &str = r#"{"nextLink":null,"retainedMessages":[{"topic":"a/3"}]}"#;

fn topics(page: &RetainedPage<'_>) -> Vec<String> {
    page.iter().map(|entry| entry.topic().to_string()).collect()
}

#[test]
fn list_page_by_page() {
    let (seen, ()) = sent([response(200, FIRST), response(200, LAST)], |mqtt| {
        let options = ListOptions::new().max_results(2);
        let mut page = mqtt.list_retained(TopicFilter::new("a/+").unwrap(), options).unwrap();
        assert_eq!(topics(&page), ["a/1", "a/2"]);
        let qos: Vec<_> = page.iter().map(|entry| entry.metadata().qos().unwrap()).collect();
        assert_eq!(qos, [Qos::AtLeastOnce, Qos::AtMostOnce]);
        page = mqtt.next_page(page.next_page().unwrap()).unwrap();
        assert_eq!((topics(&page), page.next_page()), (vec!["a/3".to_owned()], None));
    });
    for (seen, path) in seen.iter().zip([
        "/mqtt/retainedMessages?api-version=2025-11-16-preview&topicFilter=a%2F%2B&maxResults=2",
        "/mqtt/retainedMessages?api-version=2025-11-16-preview&continuationToken=a%2Fb",
    ]) {
        let common = common("application/json");
        assert_eq!(*seen, format!("GET {path} HTTP/1.1\n{common}authorization: Bearer t\n\n"));
    }
}

#[test]
fn list_in_one_small_buffer() {
    let (mut tx, mut rx, mut link) = ([0; 512], [0; 512], [0; 256]);
    let (_, ()) = sent([response(200, FIRST), response(200, LAST)], |mqtt| {
        let (mut tx, mut rx) = (Buf::new(&mut tx), Buf::new(&mut rx));
        let filter = TopicFilter::new("a/+").unwrap();
        let page = mqtt.list_retained_in(filter, ListOptions::new(), &mut tx, &mut rx).unwrap();
        let next: NextPage<'_> = page.next_page().unwrap().copied_into(&mut link).unwrap();
        let page = mqtt.next_page_in(next, &mut tx, &mut rx).unwrap();
        assert_eq!(topics(&page), ["a/3"]);
    });
}

#[test]
fn a_link_to_another_host_is_not_followed() {
    for link in
        ["https://evil.example/mqtt", "http://ns.westeurope-1.ts.eventgrid.azure.net/mqtt", "//evil.example/"]
    {
        let body = format!(r#"{{"nextLink":"{link}","retainedMessages":[]}}"#);
        let (seen, error) = sent([response(200, body)], |mqtt| {
            let page = mqtt.list_retained(TopicFilter::new("#").unwrap(), ListOptions::new()).unwrap();
            mqtt.next_page(page.next_page().unwrap()).unwrap_err()
        });
        assert!(matches!(error, Error::Request(RequestError::NextPage)), "{error:?}");
        assert_eq!(seen.len(), 1, "nothing was sent");
    }
}

#[test]
fn what_cannot_be_asked_for_is_refused_before_anything_is_sent() {
    let long = "x".repeat(65_536);
    let (seen, ()) = sent([], |mqtt| {
        for messages in [0, 101] {
            let options = ListOptions::new().max_results(messages);
            let error = mqtt.list_retained(TopicFilter::new("#").unwrap(), options).unwrap_err();
            assert!(matches!(error, Error::Request(RequestError::MaxResults(asked)) if asked == messages));
        }
        for property in [("a\0", "b"), ("a", "b\0"), (&long, "b"), ("a", &long)] {
            let properties = [("a", "b"), property];
            let message = MqttMessage::new(topic("a"), b"").with_user_properties(&properties);
            let error = mqtt.publish(&message).unwrap_err();
            assert!(matches!(error, Error::Request(RequestError::UserProperty { index: 1 })));
        }
        let message = MqttMessage::new(topic("a"), b"").with_content_type("a\r\nb: c");
        let error = mqtt.publish(&message).unwrap_err();
        assert!(matches!(error, Error::Request(RequestError::Header { name: "content-type" })));
    });
    assert!(seen.is_empty());
}

/// Who publishes at most once wants no second attempt after a response was lost.
#[test]
fn a_publish_whose_response_was_lost_is_repeated_unless_it_is_at_most_once() {
    let message = MqttMessage::new(topic("a"), b"");
    let lost = || sent([interrupted(), response(204, "")], |mqtt| mqtt.publish(&message).is_ok());
    assert_eq!(lost().0.len(), 2);
    let message = message.with_qos(Qos::AtMostOnce);
    let (seen, result) = sent([interrupted()], |mqtt| mqtt.publish(&message));
    assert!(result.unwrap_err().may_have_been_acted_on());
    assert_eq!(seen.len(), 1);
    // The service says that it did nothing.
    let throttled = || sent([response(429, ""), response(204, "")], |mqtt| mqtt.publish(&message).is_ok());
    assert_eq!(throttled().0.len(), 2);
}

#[test]
fn options_of_a_call_reach_the_request() {
    let version = ApiVersion::new("2026-01-01");
    let options = CallOptions::new().api_version(version).headers(&[("x-tenant", "17")]);
    let name = topic("a");
    let (seen, ()) = sent(
        [response(204, ""), response(200, ""), response(200, FIRST), response(200, LAST), response(204, "")],
        |mqtt| {
            mqtt.publish_with(&MqttMessage::new(name, b""), &options).unwrap();
            assert_eq!(mqtt.get_retained_with(name, &options).unwrap().payload(), b"");
            let page = mqtt.list_retained_with(name.into(), ListOptions::new(), &options).unwrap();
            let page = mqtt.next_page_with(page.next_page().unwrap(), &options).unwrap();
            assert!(page.next_page().is_none());
            mqtt.delete_retained_with(name, &options).unwrap();
        },
    );
    assert!(seen.iter().all(|request| request.contains("\nx-tenant: 17\n")));
    let newer = seen.iter().filter(|request| request.contains("api-version=2026-01-01")).count();
    assert_eq!(newer, 4, "a link says its version itself");
}

/// A client may be shared with topics of namespaces, whose versions are others.
#[test]
fn a_version_without_a_broker_is_refused_before_anything_is_sent() {
    let options = |version| CallOptions::new().api_version(version);
    let (name, message) = (topic("a"), MqttMessage::new(topic("a"), b""));
    let (seen, ()) = sent([response(204, "")], |mqtt| {
        let refused = [
            mqtt.publish_with(&message, &options(ApiVersion::V2024_06_01)),
            mqtt.get_retained_with(name, &options(ApiVersion::V2025_08_01_PREVIEW)).map(drop),
            mqtt.list_retained_with(name.into(), ListOptions::new(), &options(ApiVersion::V2024_06_01))
                .map(drop),
        ];
        for result in refused {
            assert!(matches!(result, Err(Error::Request(RequestError::Version { .. }))), "{result:?}");
        }
        mqtt.publish_with(&message, &options(ApiVersion::V2025_02_15_PREVIEW)).unwrap();
    });
    assert!(seen[0].contains("?api-version=2025-02-15-preview&"), "{seen:?}");
}

#[test]
fn requests_of_the_callers_own_making_go_to_the_broker() {
    let (seen, result) = sent([response(418, "")], |mqtt| {
        mqtt.send_request(&RawRequest::new("GET", "/mqtt/retainedMessages/message").query("topic", "a/b"))
    });
    assert_eq!(result.unwrap().status(), 418);
    let path = "/mqtt/retainedMessages/message?api-version=2025-11-16-preview&topic=a%2Fb";
    assert!(seen[0].starts_with(&format!("GET {path} HTTP/1.1\n")), "{}", seen[0]);
}

#[test]
fn the_asynchronous_client_sends_the_same() {
    fn steps() -> [Step; 6] {
        [
            response(204, ""),
            response(204, ""),
            response(200, "on"),
            response(200, FIRST),
            response(200, LAST),
            response(200, ""),
        ]
    }
    let message = MqttMessage::text(topic("a"), "x");
    let raw = RawRequest::new("GET", "/");
    let (seen, ()) = sent(steps(), |mqtt| {
        mqtt.publish(&message).unwrap();
        mqtt.delete_retained(topic("a")).unwrap();
        assert_eq!(mqtt.get_retained(topic("a")).unwrap().payload(), b"on");
        let page = mqtt.list_retained(topic("a").into(), ListOptions::new()).unwrap();
        assert_eq!(topics(&mqtt.next_page(page.next_page().unwrap()).unwrap()), ["a/3"]);
        assert_eq!(mqtt.send_request(&raw).unwrap().status(), 200);
    });
    let transport = Scripted::new(steps());
    let client = Client::new(&transport, Still::default(), Token);
    let mqtt = MqttClient::new(client, MqttBroker::new(ENDPOINT).unwrap());
    let calls = async {
        mqtt.publish(&message).await?;
        mqtt.delete_retained(topic("a")).await?;
        assert_eq!(mqtt.get_retained(topic("a")).await?.payload(), b"on");
        let page = mqtt.list_retained(topic("a").into(), ListOptions::new()).await?;
        let next = page.next_page().expect("a page follows");
        assert_eq!(topics(&mqtt.next_page(next).await?), ["a/3"]);
        assert_eq!(mqtt.send_request(&raw).await?.status(), 200);
        Ok::<(), Error<'static, ScriptedError>>(())
    };
    ready(calls).unwrap();
    assert_eq!(transport.seen(), seen);
}
