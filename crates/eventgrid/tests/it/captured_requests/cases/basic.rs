//! Publishing to basic topics, domains and partner namespaces.

use eventgrid::blocking::Publisher;
use eventgrid::event::EventGridEvent;
use eventgrid::target::{BasicTopic, Domain, PartnerChannel};
use eventgrid::{CloudEvent, Data, SasToken};

use super::{Call, Case, same};
use crate::captured_requests::calls::{
    basic_topic, cncf, custom, dict, event, grid, json, numbered, request, sent_to,
};

pub(super) fn cases() -> Vec<Case> {
    use Call::Request;
    vec![
        same(
            "basic: CloudEvent dict data + extensions",
            Request(|| {
                let event = event().with_extension("ext1", "v").with_extension("extint", 5);
                basic_topic(&event.with_data(json(r#"{"b":1,"a":[1]}"#)))
            }),
        ),
        same(
            "basic: CloudEvent bytes",
            Request(|| basic_topic(&event().with_data(Data::bytes(b"\xff\x00")))),
        ),
        same("basic: CloudEvent None", Request(|| basic_topic(&event()))),
        same("basic: CloudEvent NULL", Request(|| basic_topic(&event().with_data(json("null"))))),
        same("basic: EventGridEvent", Request(|| basic_topic(&grid("1").with_data(json(r#"{"a":1}"#))))),
        same(
            "basic: EventGridEvent with topic (domain)",
            Request(|| {
                let event = grid("1").for_domain_topic("domtopic").with_data(json(r#"{"a":1}"#));
                sent_to(Domain::new("https://h/api/events").unwrap(), &event)
            }),
        ),
        same("basic: EventGridEvent data=None (data member dropped)", Request(|| basic_topic(&grid("1"))))
            .differs("No data is sent as `null`: the Event Grid schema demands the member.", |request| {
                *request.member("data") = serde_json::Value::Null;
            }),
        same(
            "basic: EventGridEvent as dict",
            Request(|| {
                basic_topic(&dict::<EventGridEvent<'_>>(
                    r#"{"subject":"s","eventType":"t","data":{"x":1},"dataVersion":"1","id":"1",
                        "eventTime":"2024-01-01T00:00:00Z"}"#,
                ))
            }),
        ),
        same(
            "basic: list of EventGridEvent",
            Request(|| basic_topic(&["1", "2"].map(|id| grid(id).with_data(json(r#"{"a":1}"#))))),
        ),
        same("basic: custom schema dict", Request(|| basic_topic(&custom(r#"{"customSubject":"s","n":1}"#)))),
        same(
            "basic: custom schema list",
            Request(|| {
                basic_topic(&[custom(r#"{"customSubject":"s"}"#), custom(r#"{"customSubject":"t"}"#)])
            }),
        ),
        same(
            "basic: CloudEvent as dict",
            Request(|| {
                basic_topic(&dict::<CloudEvent<'_>>(
                    r#"{"id":"1","source":"/s","type":"t","specversion":"1.0","data":"x","ext":"v"}"#,
                ))
            }),
        ),
        same(
            "basic: CNCF CloudEvent dict data",
            Request(|| basic_topic(&cncf().with_data(json(r#"{"a":1}"#)))),
        ),
        same(
            "basic: partner channel",
            Request(|| sent_to(PartnerChannel::new("https://h/api/events", "ch1").unwrap(), &numbered())),
        ),
        same(
            "basic: SAS token credential",
            Request(|| {
                let topic = BasicTopic::new("https://h/api/events").unwrap();
                request(SasToken::new("r=x&e=2999-12-31T00:00:00Z&s=z"), |client| {
                    Publisher::new(client, topic).send(&grid("1").with_data(json(r#"{"a":1}"#))).unwrap();
                })
            }),
        )
        .differs("A SAS token whose expiry is not a date is refused.", |request| {
            let token = "r=x&e=2999-12-31T00:00:00Z&s=z".to_owned();
            request.headers.insert("aeg-sas-token".to_owned(), token);
        }),
    ]
}
