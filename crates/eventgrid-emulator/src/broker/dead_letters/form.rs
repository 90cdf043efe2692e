//! How a dead letter is written: as the service writes it into a blob, and as an event.
//!
//! - Of a namespace: "Delivery and retry mechanism for push delivery with Event Grid namespaces"
//!   (2024-05-08). Its words for an event that nobody settled are those of its sample; the others
//!   are made up.
//! - Of basic topics: "Event Grid message delivery and retry". `MaxDeliveryAttemptsExceeded`,
//!   `UndeliverableDueToHttpBadRequest` and their outcomes were seen by users; an event that is
//!   rejected here is told as one that a webhook refuses with 400.
//!
//! An event that was pushed has the words of `eventgrid-push`, by its reason and the outcome of its
//! last attempt.

use eventgrid::json::{JsonError, Kind, Reader};
use eventgrid_push::{DeadLetterReason as PushReason, DeliveryTier};

use super::super::Event;
use super::letter::{DeadLetter, DeadLetterReason};
use crate::time::UnixTime;

/// The content of the blob for a dead letter of a namespace.
pub(crate) fn namespace_form(letter: &DeadLetter) -> String {
    let unsettled = "Event was not acknowledged nor rejected.";
    let pushed = pushed_words(letter, DeliveryTier::Namespace);
    let (reason, result) = pushed.unwrap_or(match letter.reason {
        DeadLetterReason::Exhausted => ("Maximum delivery attempts was exceeded.", unsettled),
        DeadLetterReason::Rejected => ("Event was rejected.", "Event was rejected."),
        DeadLetterReason::Expired if letter.last_delivered.is_none() => {
            ("Time to live was exceeded.", "Event was not delivered.")
        }
        DeadLetterReason::Expired => ("Time to live was exceeded.", unsettled),
    });
    let mut members = vec![
        ("deadletterreason", string(reason)),
        ("deliveryattempts", letter.delivery_count.to_string()),
        ("deliveryresult", string(result)),
        ("publishutc", time(letter.published)),
    ];
    members.extend(letter.last_delivered.map(|delivered| ("deliveryattemptutc", time(delivered))));
    let (properties, event) = (object(&members), letter.event.json());
    format!(r#"[{{"deadLetterProperties":{properties},"event":{event}}}]"#)
}

/// The words for the reason and for the last outcome of an event that was pushed.
fn pushed_words(letter: &DeadLetter, tier: DeliveryTier) -> Option<(&'static str, &'static str)> {
    let outcome = letter.outcome?;
    let reason = match letter.reason {
        DeadLetterReason::Rejected => PushReason::Undeliverable,
        DeadLetterReason::Exhausted => PushReason::MaxDeliveryAttemptsExceeded,
        DeadLetterReason::Expired => PushReason::TimeToLiveExceeded,
    };
    Some((reason.words(tier, outcome), outcome.word()))
}

/// The content of the blob for a dead letter of a basic topic, a domain or a channel: the event
/// with more members. An event of a custom schema is put into one of the Event Grid schema.
pub(crate) fn basic_form(letter: &DeadLetter) -> String {
    format!("[{}]", with_reason(letter))
}

/// The event that is published to the topic that dead letters go to.
pub(super) fn published_form(letter: &DeadLetter) -> Event {
    let text = with_reason(letter);
    let event = if letter.event.is_canonical() { Event::canonical(&text) } else { None };
    event.or_else(|| Event::from_json(text).ok()).unwrap_or_else(|| letter.event.clone())
}

/// The names that the members of a dead letter have in one schema.
struct Names {
    reason: &'static str,
    attempts: &'static str,
    outcome: &'static str,
    published: &'static str,
    /// `None` where the service has no such member.
    delivered: Option<&'static str>,
}

const EVENT_GRID: Names = Names {
    reason: "deadLetterReason",
    attempts: "deliveryAttempts",
    outcome: "lastDeliveryOutcome",
    published: "publishTime",
    delivered: Some("lastDeliveryAttemptTime"),
};

const CLOUD_EVENTS: Names = Names {
    reason: "deadletterreason",
    attempts: "deliveryattempts",
    outcome: "lastdeliveryoutcome",
    published: "publishtime",
    delivered: None,
};

fn with_reason(letter: &DeadLetter) -> String {
    let event = &letter.event;
    let has = |name| event.attribute(name).is_some();
    if has("specversion") {
        let members = members(letter, &CLOUD_EVENTS);
        return with_members(event.json(), &members).unwrap_or_else(|_| event.json().to_owned());
    }
    let members = members(letter, &EVENT_GRID);
    let is_event_grid = ["id", "subject", "eventType", "eventTime"].into_iter().all(has);
    let merged = if is_event_grid { with_members(event.json(), &members).ok() } else { None };
    merged.unwrap_or_else(|| of_custom_schema(letter, &members))
}

fn members(letter: &DeadLetter, names: &Names) -> Vec<(&'static str, String)> {
    let pushed = pushed_words(letter, DeliveryTier::Basic);
    let (reason, outcome) = pushed.unwrap_or(match letter.reason {
        DeadLetterReason::Exhausted => ("MaxDeliveryAttemptsExceeded", "TimedOut"),
        DeadLetterReason::Rejected => ("UndeliverableDueToHttpBadRequest", "BadRequest"),
        DeadLetterReason::Expired => ("TimeToLiveExceeded", "TimedOut"),
    });
    let mut members = vec![
        (names.reason, string(reason)),
        (names.attempts, letter.delivery_count.to_string()),
        (names.published, time(letter.published)),
    ];
    if let Some(delivered) = letter.last_delivered {
        members.push((names.outcome, string(outcome)));
        members.extend(names.delivered.map(|name| (name, time(delivered))));
    }
    members
}

/// An event of the Event Grid schema with an event of any schema as its data.
fn of_custom_schema(letter: &DeadLetter, members: &[(&'static str, String)]) -> String {
    let event = &letter.event;
    let text = |name, otherwise: &str| match event.attribute(name) {
        Some(value) if value.kind() == Kind::String => value.as_str().to_owned(),
        _ => string(otherwise),
    };
    let mut all = vec![
        ("id", text("id", &letter.sequence_number.to_string())),
        ("eventType", text("eventType", "Custom")),
        ("eventTime", time(letter.published)),
        ("subject", text("subject", "")),
        ("dataVersion", string("")),
        ("metadataVersion", string("1")),
    ];
    all.extend_from_slice(members);
    all.push(("data", event.json().to_owned()));
    object(&all)
}

/// The members of an object after others, without those of an earlier death.
fn with_members(json: &str, members: &[(&'static str, String)]) -> Result<String, JsonError> {
    let mut text = object(members);
    text.pop();
    let mut reader = Reader::new(json);
    reader.begin_object()?;
    while let Some(name) = reader.next_member()? {
        let value = reader.value()?;
        let name = name.to_cow();
        if !is_of_dead_letter(&name) {
            text.push(',');
            text.push_str(&string(&name));
            text.push(':');
            text.push_str(value.as_str());
        }
    }
    text.push('}');
    Ok(text)
}

fn is_of_dead_letter(name: &str) -> bool {
    [EVENT_GRID, CLOUD_EVENTS].iter().any(|it| {
        [it.reason, it.attempts, it.outcome, it.published].contains(&name) || it.delivered == Some(name)
    })
}

/// An object of members whose values are JSON.
fn object(members: &[(&'static str, String)]) -> String {
    let members: Vec<_> = members.iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
    format!("{{{}}}", members.join(","))
}

fn string(text: &str) -> String {
    serde_json::to_string(text).expect("text has a form in JSON")
}

/// With seven digits after the second, as in the samples.
fn time(time: UnixTime) -> String {
    string(&format!("{}Z", format!("{time:.7}").trim_end_matches("+00:00")))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use eventgrid_push::DeliveryOutcome;

    use super::*;

    fn letter(reason: DeadLetterReason, event: &str) -> DeadLetter {
        let published = UnixTime::from_duration(Duration::new(1_698_870_831, 452_146_700));
        let has_delivery = reason != DeadLetterReason::Expired;
        DeadLetter {
            sequence_number: 7,
            reason,
            delivery_count: u32::from(has_delivery),
            outcome: None,
            published,
            last_delivered: has_delivery.then_some(published + Duration::from_nanos(917_061_200)),
            died: published + Duration::from_secs(60),
            leaves: None,
            event: Event::from_json(event.to_owned()).unwrap(),
        }
    }

    #[test]
    fn the_form_of_a_namespace_is_that_of_the_documentation() {
        let exhausted = letter(DeadLetterReason::Exhausted, r#"{"id":"A234-1234-1234","specversion":"1.0"}"#);
        assert_eq!(
            namespace_form(&exhausted),
            r#"[{"deadLetterProperties":{"deadletterreason":"Maximum delivery attempts was exceeded.","deliveryattempts":1,"deliveryresult":"Event was not acknowledged nor rejected.","publishutc":"2023-11-01T20:33:51.4521467Z","deliveryattemptutc":"2023-11-01T20:33:52.3692079Z"},"event":{"id":"A234-1234-1234","specversion":"1.0"}}]"#
        );
        let expired = letter(DeadLetterReason::Expired, "{}");
        assert_eq!(
            namespace_form(&expired),
            r#"[{"deadLetterProperties":{"deadletterreason":"Time to live was exceeded.","deliveryattempts":0,"deliveryresult":"Event was not delivered.","publishutc":"2023-11-01T20:33:51.4521467Z"},"event":{}}]"#
        );
    }

    #[test]
    fn a_dead_letter_of_a_basic_topic_is_its_event_with_more_members() {
        let event_grid = r#"{"id":"1","subject":"/s","eventType":"t","eventTime":"2023-11-01T00:00:00Z","dataVersion":""}"#;
        assert_eq!(
            basic_form(&letter(DeadLetterReason::Rejected, event_grid)),
            r#"[{"deadLetterReason":"UndeliverableDueToHttpBadRequest","deliveryAttempts":1,"publishTime":"2023-11-01T20:33:51.4521467Z","lastDeliveryOutcome":"BadRequest","lastDeliveryAttemptTime":"2023-11-01T20:33:52.3692079Z","id":"1","subject":"/s","eventType":"t","eventTime":"2023-11-01T00:00:00Z","dataVersion":""}]"#
        );
        assert_eq!(
            basic_form(&letter(DeadLetterReason::Exhausted, r#"{"specversion":"1.0","data":1}"#)),
            r#"[{"deadletterreason":"MaxDeliveryAttemptsExceeded","deliveryattempts":1,"publishtime":"2023-11-01T20:33:51.4521467Z","lastdeliveryoutcome":"TimedOut","specversion":"1.0","data":1}]"#
        );
    }

    #[test]
    fn an_event_that_was_pushed_has_the_words_for_its_last_outcome() {
        let event = r#"{"specversion":"1.0"}"#;
        let pushed = |reason, outcome| DeadLetter { outcome: Some(outcome), ..letter(reason, event) };
        let refused = namespace_form(&pushed(DeadLetterReason::Rejected, DeliveryOutcome::Unauthorized));
        let words = r#""deadletterreason":"Undeliverable due to client error","deliveryattempts":1,"deliveryresult":"Unauthorized""#;
        assert!(refused.contains(words), "{refused}");
        for (reason, outcome, words) in [
            (
                DeadLetterReason::Rejected,
                DeliveryOutcome::BadRequest,
                ("UndeliverableDueToHttpBadRequest", "BadRequest"),
            ),
            (DeadLetterReason::Exhausted, DeliveryOutcome::Busy, ("MaxDeliveryAttemptsExceeded", "Busy")),
            (DeadLetterReason::Expired, DeliveryOutcome::NotFound, ("TimeToLiveExceeded", "NotFound")),
        ] {
            let mut dead = pushed(reason, outcome);
            dead.last_delivered = Some(dead.published);
            let form = basic_form(&dead);
            let (reason, outcome) = words;
            assert!(form.contains(&format!(r#""deadletterreason":"{reason}""#)), "{form}");
            assert!(form.contains(&format!(r#""lastdeliveryoutcome":"{outcome}""#)), "{form}");
        }
    }

    #[test]
    fn an_event_of_a_custom_schema_becomes_the_data_of_an_event() {
        assert_eq!(
            basic_form(&letter(DeadLetterReason::Expired, r#"{"subject":"\u0061","id":5}"#)),
            r#"[{"id":"7","eventType":"Custom","eventTime":"2023-11-01T20:33:51.4521467Z","subject":"\u0061","dataVersion":"","metadataVersion":"1","deadLetterReason":"TimeToLiveExceeded","deliveryAttempts":0,"publishTime":"2023-11-01T20:33:51.4521467Z","data":{"subject":"\u0061","id":5}}]"#
        );
        let no_object = basic_form(&letter(DeadLetterReason::Expired, "[1]"));
        assert!(no_object.ends_with(r#""data":[1]}]"#), "{no_object}");
    }

    #[test]
    fn an_event_that_dies_twice_has_the_reason_of_its_second_death_alone() {
        let first = published_form(&letter(DeadLetterReason::Rejected, r#"{"specversion":"1.0","id":"1"}"#));
        let second = published_form(&DeadLetter { event: first, ..letter(DeadLetterReason::Expired, "{}") });
        assert_eq!(
            second.json(),
            r#"{"deadletterreason":"TimeToLiveExceeded","deliveryattempts":0,"publishtime":"2023-11-01T20:33:51.4521467Z","specversion":"1.0","id":"1"}"#
        );
        let canonical = Event::canonical(r#"{"specversion":"1.0","data":{"b":1,"a":2}}"#).unwrap();
        let dead = DeadLetter { event: canonical, ..letter(DeadLetterReason::Expired, "{}") };
        assert!(published_form(&dead).is_canonical());
        assert!(published_form(&dead).json().ends_with(r#""specversion":"1.0","data":{"a":2,"b":1}}"#));
    }
}
