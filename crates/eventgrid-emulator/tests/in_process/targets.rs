//! Every schema published to every target: what is accepted arrives, and anything else is refused.

use std::time::Duration;

use eventgrid::blocking::Publisher;
use eventgrid::credential::{AccessToken, BearerToken};
use eventgrid::event::{BinaryMode, CustomEvent, EventGridEvent};
use eventgrid::sas::{SasKey, SasResource, SasToken};
use eventgrid::target::{BasicTopic, Domain, PartnerChannel};
use eventgrid::{AccessKey, ApiVersion, Client, CloudEvent, Data, Endpoint, Error, NamespaceTopic};
use eventgrid_emulator::{Accepted, Emulator, InProcess, InputSchema, TargetKind};
use serde_json::{Value, json};

/// Base64 text, so that it can sign.
const KEY: &str = "c2VjcmV0LWtleS1vZi10aGlydHktdHdvLWJ5dGVzISE=";

fn emulator() -> InProcess {
    let builder = Emulator::builder()
        .key(KEY)
        .bearer_token("a-bearer-token")
        .topic("orders")
        .basic_topic_at_root()
        .basic_topic("grid", InputSchema::EventGrid)
        .basic_topic("cloud", InputSchema::CloudEvents)
        .basic_topic("custom", InputSchema::Custom)
        .domain("grid-domain", InputSchema::EventGrid)
        .domain("cloud-domain", InputSchema::CloudEvents)
        .domain("custom-domain", InputSchema::Custom)
        .partner_channel("partner", "grid", InputSchema::EventGrid)
        .partner_channel("partner", "cloud", InputSchema::CloudEvents)
        .partner_channel("partner", "custom", InputSchema::Custom);
    builder.in_process().unwrap()
}

fn url(name: &str) -> String {
    format!("{}/{name}/api/events", InProcess::ENDPOINT)
}

fn namespace_topic() -> NamespaceTopic<'static> {
    NamespaceTopic::new(InProcess::ENDPOINT, "orders").unwrap()
}

fn topic(name: &str) -> BasicTopic<'static> {
    BasicTopic::new(url(name)).unwrap()
}

fn domain(name: &str) -> Domain<'static> {
    Domain::new(url(name)).unwrap()
}

fn channel(name: &str) -> PartnerChannel<'static> {
    PartnerChannel::new(url("partner"), name.to_owned()).unwrap()
}

fn cloud_event() -> CloudEvent<'static> {
    CloudEvent::new("1", "/shop", "Ordered")
        .with_time("2024-06-01T12:00:00Z")
        .with_extension("count", 5)
        .with_data(Data::raw_json(r#"{"total":9}"#).unwrap())
}

fn grid_event() -> EventGridEvent<'static> {
    EventGridEvent::new("1", "orders/17", "Ordered", "2024-06-01T12:00:00Z", "1.0")
}

fn custom_event() -> CustomEvent<'static> {
    CustomEvent::raw_json(r#"{"ver":1,"payload":[true]}"#).unwrap()
}

fn cloud_json(source: &str) -> Value {
    json!({
        "specversion": "1.0", "id": "1", "source": source, "type": "Ordered", "time": "2024-06-01T12:00:00Z", "count": 5,
        "data": {"total": 9},
    })
}

/// What was accepted since the last call: one publish, of these events.
fn accepted(emulator: &InProcess, events: &[Value]) -> Accepted {
    let mut all = emulator.accepted();
    emulator.clear_accepted();
    assert_eq!(all.len(), 1);
    let accepted = all.remove(0);
    let values: Vec<Value> = accepted.events.iter().map(|event| event.deserialize().unwrap()).collect();
    assert_eq!(values, events);
    accepted
}

fn is_at(accepted: &Accepted, target: TargetKind, name: &str, channel: Option<&str>, schema: InputSchema) {
    assert_eq!((accepted.target, accepted.name.as_str()), (target, name));
    assert_eq!((accepted.channel.as_deref(), accepted.schema), (channel, schema));
}

#[test]
fn cloud_events_one_and_many() {
    let emulator = emulator();
    let client = || emulator.client();
    let event = cloud_event();
    let many = [event.clone(), event.clone()];
    let (one_json, many_json) = ([cloud_json("/shop")], [cloud_json("/shop"), cloud_json("/shop")]);

    let publisher = Publisher::new(client(), namespace_topic());
    publisher.send(&event).unwrap();
    let at = accepted(&emulator, &one_json);
    is_at(&at, TargetKind::NamespaceTopic, "orders", None, InputSchema::CloudEvents);
    assert_eq!(at.api_version.as_deref(), Some("2024-06-01"));
    publisher.send(&many[..]).unwrap();
    accepted(&emulator, &many_json);

    for (name, reported) in [("cloud", "cloud"), ("", "")] {
        let target =
            if name.is_empty() { BasicTopic::new(InProcess::ENDPOINT).unwrap() } else { topic(name) };
        let publisher = Publisher::new(client(), target);
        publisher.send(&event).unwrap();
        let at = accepted(&emulator, &one_json);
        is_at(&at, TargetKind::BasicTopic, reported, None, InputSchema::CloudEvents);
        publisher.send(&many[..]).unwrap();
        accepted(&emulator, &many_json);
    }

    Publisher::new(client(), channel("cloud")).send(&many[..]).unwrap();
    let at = accepted(&emulator, &many_json);
    is_at(&at, TargetKind::PartnerChannel, "partner", Some("cloud"), InputSchema::CloudEvents);

    let publisher = Publisher::new(client(), domain("cloud-domain"));
    publisher.send(&event.clone().for_domain_topic("shipping")).unwrap();
    let at = accepted(&emulator, &[cloud_json("shipping")]);
    is_at(&at, TargetKind::Domain, "cloud-domain", None, InputSchema::CloudEvents);
    assert!(publisher.send(&event).is_err(), "it names no domain topic");
}

#[test]
fn cloud_events_in_binary_content_mode() {
    let emulator = emulator();
    let event = CloudEvent::new("1", "/shop", "Ordered")
        .with_subject("grüße & \"more\" 100%")
        .with_extension("count", 5)
        .with_data_content_type("text/xml")
        .with_data(Data::text("<a/>"));
    Publisher::new(emulator.client(), namespace_topic()).send(&BinaryMode(&event)).unwrap();
    let json = json!({
        "specversion": "1.0", "id": "1", "source": "/shop", "type": "Ordered", "subject": "grüße & \"more\" 100%",
        "count": "5", "datacontenttype": "text/xml", "data": "<a/>",
    });
    let at = accepted(&emulator, &[json]);
    is_at(&at, TargetKind::NamespaceTopic, "orders", None, InputSchema::CloudEvents);
    assert_eq!(at.headers["content-type"], "text/xml");

    let event = CloudEvent::new("1", "/shop", "Ordered")
        .with_data_content_type("application/octet-stream")
        .with_data(Data::bytes(&[1, 2, 3][..]));
    Publisher::new(emulator.client(), namespace_topic()).send(&BinaryMode(&event)).unwrap();
    let json = json!({
        "specversion": "1.0", "id": "1", "source": "/shop", "type": "Ordered",
        "datacontenttype": "application/octet-stream", "data_base64": "AQID",
    });
    accepted(&emulator, &[json]);
}

#[test]
fn events_of_the_event_grid_schema() {
    let emulator = emulator();
    let client = || emulator.client();
    let event = grid_event();
    let json = json!({
        "id": "1", "subject": "orders/17", "eventType": "Ordered", "eventTime": "2024-06-01T12:00:00Z",
        "dataVersion": "1.0", "data": null,
    });
    for name in ["grid", ""] {
        let target =
            if name.is_empty() { BasicTopic::new(InProcess::ENDPOINT).unwrap() } else { topic(name) };
        Publisher::new(client(), target).send(&[event.clone(), event.clone()][..]).unwrap();
        let at = accepted(&emulator, &[json.clone(), json.clone()]);
        is_at(&at, TargetKind::BasicTopic, name, None, InputSchema::EventGrid);
        assert_eq!(at.api_version.as_deref(), Some("2018-01-01"));
    }
    Publisher::new(client(), channel("grid")).send(&event).unwrap();
    let at = accepted(&emulator, std::slice::from_ref(&json));
    is_at(&at, TargetKind::PartnerChannel, "partner", Some("grid"), InputSchema::EventGrid);

    let publisher = Publisher::new(client(), domain("grid-domain"));
    publisher.send(&event.clone().for_domain_topic("shipping")).unwrap();
    let mut with_topic = json;
    with_topic["topic"] = "shipping".into();
    let at = accepted(&emulator, &[with_topic]);
    is_at(&at, TargetKind::Domain, "grid-domain", None, InputSchema::EventGrid);
}

#[test]
fn custom_events() {
    let emulator = emulator();
    let client = || emulator.client();
    let json = json!({"ver": 1, "payload": [true]});
    for name in ["custom", ""] {
        let target =
            if name.is_empty() { BasicTopic::new(InProcess::ENDPOINT).unwrap() } else { topic(name) };
        Publisher::new(client(), target).send(&custom_event()).unwrap();
        let at = accepted(&emulator, std::slice::from_ref(&json));
        is_at(&at, TargetKind::BasicTopic, name, None, InputSchema::Custom);
    }
    Publisher::new(client(), domain("custom-domain")).send(&custom_event()).unwrap();
    let at = accepted(&emulator, std::slice::from_ref(&json));
    is_at(&at, TargetKind::Domain, "custom-domain", None, InputSchema::Custom);
    Publisher::new(client(), channel("custom")).send(&custom_event()).unwrap();
    let at = accepted(&emulator, &[json]);
    is_at(&at, TargetKind::PartnerChannel, "partner", Some("custom"), InputSchema::Custom);
}

/// The status and the code that a publish is refused with.
fn refusal<T, E: std::fmt::Debug>(result: Result<T, Error<'_, E>>) -> (u16, String) {
    match result {
        Err(Error::Service(error)) => {
            (error.status(), error.code().map(|code| code.to_string()).unwrap_or_default())
        }
        Err(other) => panic!("{other:?}"),
        Ok(_) => panic!("it was accepted"),
    }
}

#[test]
fn what_a_target_does_not_take_is_refused() {
    let emulator = emulator();
    let client = || emulator.client();
    let bad = (400, "BadRequest".to_owned());
    assert_eq!(refusal(Publisher::new(client(), topic("grid")).send(&cloud_event())), bad);
    assert_eq!(refusal(Publisher::new(client(), topic("grid")).send(&custom_event())), bad);
    assert_eq!(refusal(Publisher::new(client(), topic("cloud")).send(&grid_event())), bad);
    assert_eq!(
        refusal(Publisher::new(client(), topic("grid")).send(&grid_event().for_domain_topic("t"))),
        bad
    );
    let missing = (404, "NotFound".to_owned());
    assert_eq!(refusal(Publisher::new(client(), topic("fake")).send(&grid_event())), missing);
    assert_eq!(refusal(Publisher::new(client(), channel("fake")).send(&cloud_event())), missing);
    assert_eq!(NamespaceTopic::new(url("cloud"), "orders"), Err(eventgrid::InvalidTarget::BasicEndpoint));
    assert!(emulator.accepted().is_empty());
}

#[test]
fn every_credential_gives_access_to_every_target() {
    fn publish_everywhere<C: eventgrid::Credential>(emulator: &InProcess, credential: impl Fn() -> C) {
        let client = || Client::new(emulator.clone(), emulator.clone(), credential());
        Publisher::new(client(), namespace_topic()).send(&cloud_event()).unwrap();
        Publisher::new(client(), topic("grid")).send(&grid_event()).unwrap();
        let event = grid_event().for_domain_topic("shipping");
        Publisher::new(client(), domain("grid-domain")).send(&event).unwrap();
        Publisher::new(client(), channel("cloud")).send(&cloud_event()).unwrap();
        assert_eq!(emulator.accepted().len(), 4);
        emulator.clear_accepted();
    }

    let emulator = emulator();
    publish_everywhere(&emulator, || AccessKey::new(KEY));
    publish_everywhere(&emulator, || SasKey::new(KEY).unwrap());
    let endpoint = Endpoint::new(InProcess::ENDPOINT).unwrap();
    let expiry = emulator.now().as_duration() + Duration::from_secs(60);
    let token = SasKey::new(KEY).unwrap().token(SasResource::namespace(&endpoint), expiry);
    publish_everywhere(&emulator, || SasToken::new(token.as_str().to_owned()));
    publish_everywhere(&emulator, || {
        BearerToken::new(|| Ok::<_, std::io::Error>(AccessToken::new("a-bearer-token", Duration::MAX)))
    });

    // A minute later the token is over, and the client knows.
    emulator.advance(Duration::from_secs(60));
    let client = Client::new(emulator.clone(), emulator.clone(), token);
    let refused = Publisher::new(client, topic("grid")).send(&grid_event());
    assert!(
        matches!(refused, Err(Error::Credential { error: eventgrid::CredentialError::Expired, .. })),
        "{refused:?}"
    );
    assert!(emulator.accepted().is_empty());
}

#[test]
fn an_older_api_version_is_asked_for_and_spoken() {
    let emulator = emulator();
    for version in [ApiVersion::V2023_06_01_PREVIEW, ApiVersion::V2023_10_01_PREVIEW, ApiVersion::V2023_11_01]
    {
        let client = emulator.client().api_version(version);
        Publisher::new(client, namespace_topic()).send(&cloud_event()).unwrap();
        let at = accepted(&emulator, &[cloud_json("/shop")]);
        assert_eq!(at.api_version.as_deref(), Some(version.as_str()));
    }
}

#[test]
fn headers_that_matter_are_kept() {
    let emulator = emulator();
    let client = emulator.client().application_id("shop");
    Publisher::new(client, topic("grid")).send(&grid_event()).unwrap();
    let headers = &emulator.accepted()[0].headers;
    assert_eq!(headers["content-type"], "application/json; charset=utf-8");
    assert!(headers["user-agent"].to_str().unwrap().starts_with("shop"), "{headers:?}");
    assert!(headers.contains_key("x-ms-client-request-id"));
    assert!(!headers.contains_key("aeg-sas-key"));
}
