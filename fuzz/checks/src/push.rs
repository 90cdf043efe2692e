//! Push delivery: the core's webhook reads every request, conversions agree with the naive ones of
//! the crate's tests, and no error contains a value. Input: on the first line an object with
//! `input`, `output`, `mapping`, `properties`, `maxEvents` and `kilobytes`, then a published event
//! on each line.

use eventgrid::system_events::SystemEvent;
use eventgrid::webhook::{DeliveredEvent, Delivery, IncomingRequest, Webhook};
use eventgrid_push::{
    AllowedRate, Batching, DeletedSubscription, DeliveryProperties, DeliverySchema, EventConverter,
    HandshakeResult, InputSchema, InputSchemaMapping, Publication, PushRequest, PushSettings, PushedEvent,
    SampleEvent, ValidationHandshake,
};
use serde_json::Value;

use crate::json_agrees::oracle::depth;
use crate::naive_push;

const PUBLICATION: Publication<'_> = Publication::new("/topics/t", "new-id", "2024-06-01T12:00:00Z");

/// How deep an event may be, so that it can be put into another one and into an array.
const DEPTH: usize = 120;

/// Runs the check.
///
/// # Panics
/// If the check fails.
pub fn check(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let (setup, events) = text.split_once('\n').unwrap_or((text, ""));
    let setup: Value = serde_json::from_str(setup).unwrap_or_default();
    for line in events.split('\n') {
        handshake(line);
        deletion(line);
        sample(line);
    }

    let properties = properties(&setup["properties"]);
    let Ok(output) = serde_json::from_value::<DeliverySchema>(setup["output"].clone()) else { return };
    let Some(input) = input_schema(&setup) else { return };
    let Ok(conversion) = EventConverter::new(input.clone(), output) else { return };
    let mut delivered = Vec::new();
    for event in events.split('\n').filter(|event| depth(event) < DEPTH) {
        delivered.extend(convert(&conversion, event));
        // Without names twice, and without what `serde_json` does not read.
        let Ok(event) = serde_json::from_str::<Value>(event) else { continue };
        let converted = conversion.convert(&event.to_string(), &PUBLICATION).ok();
        let converted = converted.map(|json| serde_json::from_str::<Value>(&json).expect("it is JSON"));
        assert_eq!(converted, naive_push::convert(&input, output, &event, &PUBLICATION), "{event}");
    }

    let settings = PushSettings::new(output, "Fuzz").expect("the name is good");
    let settings = settings.with_properties(properties);
    for event in &delivered {
        let event = PushedEvent::parse(output, event).expect("what is converted can be pushed");
        let request = settings.request(&[event], 7).expect("one can be sent");
        delivered_as(&request, &[event], output);
        dynamic_headers(&setup["properties"], &request, event);
    }
    batches(&settings, &setup, &delivered);
}

fn input_schema(setup: &Value) -> Option<InputSchema> {
    Some(match setup["input"].as_str()? {
        "EventGrid" => InputSchema::EventGrid,
        "CloudEvents" => InputSchema::CloudEvents,
        _ => {
            let mapping: InputSchemaMapping = serde_json::from_value(setup["mapping"].clone()).ok()?;
            let written = serde_json::to_value(&mapping).expect("a mapping is JSON");
            assert_eq!(
                serde_json::from_value::<InputSchemaMapping>(written).expect("it was written"),
                mapping
            );
            InputSchema::Custom(mapping)
        }
    })
}

/// The delivery properties, or none if they are refused: by an error without their values.
fn properties(json: &Value) -> DeliveryProperties {
    let read = serde_json::from_value::<DeliveryProperties>(json.clone());
    let Err(error) = &read else { return read.unwrap_or_default() };
    let error = error.to_string();
    let names = json.to_string().replace(['\\', '"'], "");
    for property in json.as_array().into_iter().flatten() {
        let Some(value) = property["properties"]["value"].as_str() else { continue };
        // What is also a name, or a word of the error, may be in it.
        let is_known = names.matches(value).count() > 1 || value.len() < 12;
        let is_word = "is not one of a deliveryproperty".contains(value);
        assert!(is_known || is_word || !error.contains(value), "{error}");
    }
    DeliveryProperties::default()
}

fn convert(conversion: &EventConverter, event: &str) -> Option<String> {
    let converted = conversion.convert(event, &PUBLICATION);
    if let Err(error) = &converted {
        assert!(!error.to_string().contains('\n'));
    }
    converted.ok()
}

/// What the webhook of the core reads is what was sent.
fn delivered_as(request: &PushRequest, sent: &[PushedEvent<'_>], schema: DeliverySchema) {
    receive(request, |delivery| {
        let Delivery::Events(events) = delivery else { panic!("{delivery:?}") };
        assert_eq!(events.headers().subscription_name(), Some("FUZZ"));
        assert_eq!(events.headers().event_type(), Some("Notification"));
        assert_eq!(events.headers().delivery_count(), Some(7));
        let sent_len = sent.len();
        assert_eq!(events.len(), sent_len);
        for (event, sent) in events.iter().zip(sent) {
            match (event, schema) {
                (Ok(DeliveredEvent::CloudEvent(event)), DeliverySchema::CloudEvents) => {
                    assert_eq!(event.as_json().as_str(), sent.as_str());
                }
                (Ok(DeliveredEvent::EventGridEvent(event)), DeliverySchema::EventGrid) => {
                    assert_eq!(event.as_json().as_str(), sent.as_str());
                    if let Some(id) = events.headers().output_event_id() {
                        assert_eq!((event.id().to_cow().as_ref(), sent_len), (id, 1));
                    }
                }
                // What is in a custom schema is for the program to read.
                (_, DeliverySchema::Custom) => {}
                (event, schema) => panic!("{schema}: {event:?}"),
            }
        }
    });
}

fn receive<T>(request: &PushRequest, read: impl FnOnce(Delivery<'_>) -> T) -> T {
    let headers: Vec<_> =
        request.headers().iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
    for (name, value) in &headers {
        let is_printable = |byte: &u8| byte.is_ascii_graphic() || matches!(byte, b' ' | b'\t');
        assert!(value.iter().all(is_printable), "{name}: {value:?}");
    }
    let (method, body) = (request.method().as_str(), request.body());
    let incoming = IncomingRequest { method, query: "", headers: &headers, body };
    read(Webhook::without_secret().receive(&incoming).expect("what is pushed is read"))
}

/// A dynamic property has what is at its path, as text, if a header can have that.
fn dynamic_headers(properties: &Value, request: &PushRequest, event: PushedEvent<'_>) {
    // The last of several members of one name counts in both.
    let Ok(event) = serde_json::from_str::<Value>(event.as_str()) else { return };
    let properties = properties.as_array().into_iter().flatten();
    for property in properties {
        let name = property["name"].as_str().unwrap_or_default();
        let path = property["properties"]["sourceField"].as_str();
        let (Some(path), Ok(name)) = (path, name.parse::<http::HeaderName>()) else { continue };
        if name.as_str().starts_with("aeg-") || name.as_str().starts_with("content-") {
            continue;
        }
        let Some(header) = request.headers().get(&name) else { continue };
        let path = path.strip_prefix("$.").unwrap_or(path);
        let found = path.split('.').try_fold(&event, |value, name| value.as_object()?.get(name));
        match found {
            Some(Value::String(text)) => assert_eq!(header.as_bytes(), text.as_bytes()),
            Some(Value::Bool(truth)) => assert_eq!(header.as_bytes(), truth.to_string().as_bytes()),
            // Its text is as it was published.
            Some(number @ Value::Number(_)) => {
                let header: Value = serde_json::from_slice(header.as_bytes()).expect("a number");
                assert_eq!(&header, number);
            }
            found => panic!("{name} is there, and {path} is {found:?}"),
        }
    }
}

/// All events go, in order, in batches within both limits.
fn batches(settings: &PushSettings, setup: &Value, delivered: &[String]) {
    let number = |name: &str| setup[name].as_u64().and_then(|number| u32::try_from(number).ok());
    let batching = Batching::new().with_max_events(number("maxEvents").unwrap_or(2));
    let Ok(batching) =
        batching.and_then(|batching| batching.with_preferred_kilobytes(number("kilobytes").unwrap_or(1)))
    else {
        return;
    };
    let most_bytes = 1024 * number("kilobytes").unwrap_or(1) as usize;
    let settings = settings.clone().with_batching(batching);
    let output = settings.schema();
    let events: Vec<_> = delivered
        .iter()
        .map(|event| PushedEvent::parse(output, event).expect("what is converted can be pushed"))
        .collect();
    let mut rest = &events[..];
    while !rest.is_empty() {
        let count = settings.next_batch(rest.iter().map(PushedEvent::len));
        assert!((1..=number("maxEvents").unwrap_or(2) as usize).contains(&count));
        let (batch, after) = rest.split_at(count);
        let request = settings.request(batch, 7).expect("a batch can be sent");
        assert!(count == 1 || request.body().len() <= most_bytes);
        delivered_as(&request, batch, output);
        rest = after;
    }
}

/// Whatever the code and the URL are, they arrive and come back.
fn handshake(line: &str) {
    let settings = PushSettings::new(DeliverySchema::EventGrid, "fuzz").expect("the name is good");
    let handshake = ValidationHandshake::new(line, line, line, line).with_url(line);
    receive(&handshake.request(&settings), |delivery| {
        let Delivery::Validation(validation) = delivery else { panic!("{delivery:?}") };
        assert_eq!(validation.code(), line);
        assert_eq!(validation.url().expect("it was sent"), line);
        assert_eq!(validation.event().id(), line);
        let body = validation.response().body().to_string();
        let consented = HandshakeResult::Consented { rate: AllowedRate::Unlimited };
        assert_eq!(handshake.result(200, body.as_bytes()), consented);
    });

    // A response is read as `serde_json` reads it.
    let Ok(Value::Object(members)) = serde_json::from_str(line) else { return };
    let mut codes = members.iter().filter(|(name, _)| name.eq_ignore_ascii_case("validationResponse"));
    let code = codes.next().and_then(|(_, code)| code.as_str());
    if codes.next().is_none() {
        let response = Value::Object(members.clone()).to_string();
        let handshake = ValidationHandshake::new("1", "t", "", code.unwrap_or_default());
        let is_consent = handshake.result(200, response.as_bytes())
            == HandshakeResult::Consented { rate: AllowedRate::Unlimited };
        assert_eq!(is_consent, code.is_some(), "{response}");
    }
}

fn deletion(line: &str) {
    for schema in [DeliverySchema::EventGrid, DeliverySchema::CloudEvents] {
        let settings = PushSettings::new(schema, "fuzz").expect("the name is good");
        receive(&DeletedSubscription::new(line, line, line, line).request(&settings), |delivery| {
            let Delivery::SubscriptionDeletion(deletion) = delivery else { panic!("{delivery:?}") };
            assert_eq!(deletion.subscription_id().expect("it was sent"), line);
        });
    }
}

/// What is set is there, and the event can be delivered all the same.
fn sample(line: &str) {
    let mut sample = SampleEvent::new(SystemEvent::MapsGeofenceEntered, "1", "2024-06-01T12:00:00Z");
    let before = sample.clone();
    if sample.assign(line).is_err() {
        assert_eq!(sample, before);
        return;
    }
    for schema in [DeliverySchema::EventGrid, DeliverySchema::CloudEvents] {
        let json = sample.to_json(schema);
        PushedEvent::parse(schema, &json).expect("a sample can be pushed");
        let Some((path, value)) = line.split_once('=').filter(|(path, _)| path.starts_with("data")) else {
            continue;
        };
        let value = serde_json::from_str(value).unwrap_or_else(|_| Value::from(value));
        let Ok(event) = serde_json::from_str::<Value>(&json) else { continue };
        let found = path.split('.').try_fold(&event, |place, name| match place {
            Value::Array(elements) => elements.get(name.parse::<usize>().ok()?),
            place => place.get(name),
        });
        assert_eq!(found, Some(&value), "{line}");
    }
}
