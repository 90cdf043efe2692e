//! The webhook responds to every request, lets nobody in without the secret, and reads events as
//! `serde_json` does. Input: a [request](crate::message).

use std::num::NonZeroU32;

use eventgrid::event::DataView;
use eventgrid::json::MAX_DEPTH;
use eventgrid::webhook::{
    AllowedOrigins, BinaryEventView, DeliveredEvent, Delivery, Events, IncomingRequest, Refusal, Secret,
    Webhook, WebhookResponse,
};
use percent_encoding::percent_decode;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::event_oracle::{same_cloud_event, same_event_grid_event};
use crate::json_agrees::oracle::{depth, members};
use crate::message::{Message, split};

/// Runs the check.
///
/// # Panics
/// If the check fails.
pub fn check(input: &[u8]) {
    let message = Message::read(input);
    let query = message.target.split_once('?').map_or("", |(_, query)| query);
    let request =
        IncomingRequest { method: message.method, query, headers: &message.headers, body: message.body };

    let open = Webhook::without_secret().with_allowed_rate(NonZeroU32::new(120).unwrap());
    let received = open.receive(&request);
    match &received {
        Ok(delivery) => {
            well_formed(&delivery.response());
            delivered(delivery, &message);
        }
        Err(refusal) => {
            well_formed(&refusal.response());
            assert_ne!(*refusal, Refusal::Unauthorized);
            refused(*refusal, &message);
        }
    }

    let guarded = Webhook::new(Secret::in_query("code", "s3cret"))
        .with_old_secret(Secret::in_header("x-secret", "s3cret"))
        .with_allowed_origins(AllowedOrigins::Only(&["eventgrid.azure.net"]));
    let strict = guarded.clone().require_secret_in_handshake();
    let strict = strict.receive(&request).map(drop);
    let guarded = guarded.receive(&request).map(drop);
    let expected = match received {
        _ if request.method != "OPTIONS" && !brings_the_secret(query, &message) => Err(Refusal::Unauthorized),
        Ok(Delivery::Handshake(handshake))
            if !handshake.origin().eq_ignore_ascii_case("eventgrid.azure.net") =>
        {
            Err(Refusal::Origin)
        }
        received => received.map(drop),
    };
    assert_eq!(guarded, expected);
    let unauthorized = !brings_the_secret(query, &message);
    assert_eq!(strict, if unauthorized { Err(Refusal::Unauthorized) } else { expected });
}

/// In the query, the first `code` counts, percent-decoded; of the headers the first `x-secret`, as
/// it is.
fn brings_the_secret(query: &str, message: &Message<'_>) -> bool {
    let pairs = query.split('&').map(|pair| split(pair.as_bytes(), b"="));
    let in_query = pairs.into_iter().find(|(name, _)| *name == b"code");
    let in_header = message.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("x-secret"));
    in_query.is_some_and(|(_, value)| percent_decode(value).eq(b"s3cret".iter().copied()))
        || in_header.is_some_and(|(_, value)| *value == b"s3cret")
}

/// A response can be sent as it is: nothing of the request gets into the head but what is
/// printable.
fn well_formed(response: &WebhookResponse<'_>) {
    assert!(matches!(response.status(), 200 | 400 | 401 | 403 | 405 | 415), "{response:?}");
    for (name, value) in response.headers() {
        let printable = |byte: u8| byte.is_ascii_graphic() || byte == b' ';
        assert!(!value.is_empty() && value.bytes().all(printable), "{name}: {value:?}");
    }
    let body = response.body().to_string();
    assert_eq!((body.len(), body.is_empty()), (response.body().len(), response.body().is_empty()));
    if !body.is_empty() {
        serde_json::from_str::<Value>(&body).unwrap_or_else(|error| panic!("{error}: {body}"));
    }
}

fn delivered(delivery: &Delivery<'_>, message: &Message<'_>) {
    let _ = format!("{delivery:?}");
    match delivery {
        Delivery::Events(events) => {
            assert_eq!(events.iter().count(), events.len());
            assert_eq!(events.iter().size_hint(), (events.len(), Some(events.len())));
            let lost = !events.is_empty() && events.iter().all(|event| event.is_err());
            assert_eq!(delivery.response().status(), if lost { 400 } else { 200 });
            same_events(events, message.body);
        }
        Delivery::Validation(validation) => {
            let body: Value = serde_json::from_str(&validation.response().body().to_string()).unwrap();
            assert_eq!(body["validationResponse"].as_str().unwrap(), validation.code().to_string());
            assert_eq!(
                Some(validation.code().to_string()),
                text_in_data(validation.event(), "validationCode")
            );
            let url = validation.url().map(|url| url.to_string());
            assert_eq!(url, text_in_data(validation.event(), "validationUrl"));
            let _ = (validation.event().id(), validation.deferred_response());
        }
        Delivery::Handshake(handshake) => {
            assert_eq!(message.method, "OPTIONS");
            let response = handshake.response();
            let allowed: Vec<_> = response.headers().collect();
            assert!(allowed.contains(&("webhook-allowed-origin", handshake.origin())));
            assert!(allowed.contains(&("webhook-allowed-rate", "120")));
        }
        Delivery::SubscriptionDeletion(deletion) => {
            let id = deletion.subscription_id().map(|id| id.to_string());
            assert_eq!(id, text_in_data(deletion.event(), "eventSubscriptionId"));
            let _ = deletion.event().id();
        }
        other => panic!("{other:?} is checked by nobody"),
    }
}

/// The first text of that name in data that is an object, or a string with one.
fn text_in_data(event: DeliveredEvent<'_>, name: &str) -> Option<String> {
    let json = match event.data() {
        DataView::Json(json) => json.as_str(),
        DataView::Bytes(bytes) => std::str::from_utf8(bytes).ok()?,
        _ => return None,
    };
    let in_string: Option<String> = serde_json::from_str(json).ok();
    let json: &RawValue = serde_json::from_str(in_string.as_deref().unwrap_or(json)).ok()?;
    if !json.get().starts_with('{') || depth(json.get()) > MAX_DEPTH {
        return None;
    }
    let (members, _) = members(json);
    let mut texts = members.into_iter().filter(|(other, _)| other == name);
    texts.find_map(|(_, value)| serde_json::from_str(value.get()).ok())
}

/// What is refused for its body is no JSON of events.
fn refused(refusal: Refusal, message: &Message<'_>) {
    if let (Refusal::Body(_), Some(json)) = (refusal, document(message.body)) {
        assert!(!json.get().starts_with(['{', '[']), "{json}");
    }
}

/// The body by the word of `serde_json`, unless it is so deep that ours may differ.
fn document(body: &[u8]) -> Option<&RawValue> {
    let body = body.strip_prefix("\u{feff}".as_bytes()).unwrap_or(body);
    serde_json::from_slice(body).ok().filter(|json: &&RawValue| depth(json.get()) < MAX_DEPTH)
}

fn same_events(events: &Events<'_>, body: &[u8]) {
    if let Some(Ok(DeliveredEvent::BinaryEvent(event))) = events.iter().next() {
        assert_eq!(events.len(), 1);
        return same_binary_event(&event, events);
    }
    let content_type = events.headers().get("content-type").unwrap_or_default().to_ascii_lowercase();
    // One that is not UTF-8 is as good as none.
    let is_cloud = std::str::from_utf8(&content_type)
        .is_ok_and(|content_type| content_type.trim_start().starts_with("application/cloudevents"));
    // What has been refused in binary mode, too: its body is not a list of events.
    let in_binary_mode = !is_cloud && events.headers().get("ce-specversion").is_some();
    let Some(json) = document(body).filter(|_| !in_binary_mode) else { return };
    let is_list = json.get().starts_with('[');
    let list: Vec<&RawValue> = if is_list { serde_json::from_str(json.get()).unwrap() } else { vec![json] };
    assert_eq!(events.len(), list.len());
    for (ours, json) in events.iter().zip(list) {
        let (members, all) = if json.get().starts_with('{') { members(json) } else { (Vec::new(), true) };
        let has_version = members.iter().any(|(name, _)| name == "specversion");
        match ours {
            Ok(DeliveredEvent::CloudEvent(event)) => {
                assert!(is_cloud || has_version, "{json}");
                same_cloud_event(Ok(event), json);
            }
            Ok(DeliveredEvent::EventGridEvent(event)) => {
                assert!(!is_cloud && !has_version, "{json}");
                same_event_grid_event(Ok(event), json);
            }
            Ok(DeliveredEvent::BinaryEvent(_)) => panic!("an event of its own"),
            Err(error) if is_cloud || has_version => same_cloud_event(Err(error), json),
            Err(error) => {
                same_event_grid_event(Err(error), json);
                assert!(all || !has_version);
            }
            Ok(other) => panic!("{other:?}"),
        }
    }
}

/// Attributes are what stands in the headers, percent-decoded; what stands between quotes is left
/// to the tests.
fn same_binary_event(event: &BinaryEventView<'_>, events: &Events<'_>) {
    let attributes = [("ce-id", event.id()), ("ce-source", event.source()), ("ce-type", event.event_type())];
    let extensions: Vec<_> = event.extensions().map(|(name, value)| (format!("ce-{name}"), value)).collect();
    let extensions = extensions.iter().filter(|(name, _)| {
        events.headers().iter().filter(|(other, _)| other.eq_ignore_ascii_case(name)).count() == 1
    });
    let all = attributes.into_iter().chain(extensions.map(|(name, value)| (name.as_str(), *value)));
    for (name, ours) in all {
        let header = events.headers().get(name).unwrap();
        if !header.starts_with(b"\"") {
            assert_eq!(ours.to_string(), percent_decode(header).decode_utf8().unwrap(), "{name}");
        }
    }
}
