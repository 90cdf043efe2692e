//! What an event is according to `serde_json`, and whether our views agree.
//!
//! If a name occurs twice, neither occurrence can be trusted, so the views refuse the event;
//! `serde_json` would keep the last. Strings with half of a surrogate pair are refused as
//! attributes, and kept within data.

use std::collections::BTreeSet;

use eventgrid::CloudEvent;
use eventgrid::event::{
    CloudEventView, DataView, EventGridEventView, ExtensionValue, ExtensionView, InvalidEvent, MalformedEvent,
};
use eventgrid::json::{JsonStr, RawJson};
use serde_json::value::RawValue;

use crate::dates::time_of_event;
use crate::json_agrees::oracle::members;

type Members<'r> = Vec<(String, &'r RawValue)>;

/// Checks that a view is what `json` says, or refuses what is not an event.
pub(crate) fn same_cloud_event(view: Result<CloudEventView<'_>, MalformedEvent>, json: &RawValue) {
    let expected = cloud_event(json);
    let Ok(view) = view else {
        return assert!(expected.is_none(), "refused: {view:?}, {json}");
    };
    let expected = expected.unwrap_or_else(|| panic!("accepted: {json}"));
    assert_eq!(view.as_json().as_str(), json.get());
    same_attributes(
        &expected,
        &[
            ("id", Some(view.id())),
            ("source", Some(view.source())),
            ("type", Some(view.event_type())),
            ("subject", view.subject()),
            ("time", view.time()),
            ("datacontenttype", view.data_content_type()),
            ("dataschema", view.data_schema()),
        ],
    );
    same_data(view.data(), &expected);
    let is_extension = |name: &str| !CORE_NAMES.contains(&name);
    let extensions: Vec<_> = expected
        .iter()
        .filter(|(name, value)| is_extension(name) && value.get() != "null")
        .map(|(name, value)| (name.clone(), value.get().to_owned()))
        .collect();
    let ours: Vec<_> = view.extensions().map(|(name, value)| (name.to_string(), shown(value))).collect();
    assert_eq!(ours, extensions);
    // It may refuse, and must not panic.
    let _ = (view.timestamp(), format!("{view:?}"));
    if let Ok(event) = view.to_event() {
        can_be_sent_on(&event, &extensions);
    }
}

/// An event of one's own has the same extension attributes, and is refused for what is not an event
/// to anyone alone: an attribute that is empty or is there twice, a time that cannot be read.
fn can_be_sent_on(event: &CloudEvent<'_>, extensions: &[(String, String)]) {
    let ours: Vec<_> = event.extensions.iter().map(|own| (own.name.to_string(), own.value.clone())).collect();
    assert_eq!(ours.len(), extensions.len());
    for ((name, value), (expected, json)) in ours.into_iter().zip(extensions) {
        assert_eq!(name, *expected);
        let same = match value {
            ExtensionValue::String(text) => {
                serde_json::from_str(json).is_ok_and(|other: String| *text == other)
            }
            ExtensionValue::Integer(integer) => integer.to_string() == *json,
            ExtensionValue::Boolean(truth) => truth.to_string() == *json,
            ExtensionValue::Json(value) => value.as_str() == json,
            other => panic!("{other:?}"),
        };
        assert!(same, "{name}: {json}");
    }
    match event.check() {
        Ok(()) => {}
        Err(InvalidEvent::EmptyAttribute(name)) => {
            let values = [("id", &event.id), ("source", &event.source), ("type", &event.event_type)];
            assert!(values.iter().any(|(other, value)| *other == name && value.is_empty()), "{name}");
        }
        Err(InvalidEvent::Time(_)) => {
            let time = event.time.as_deref().expect("a time");
            assert!(time_of_event(time).is_none(), "{time}");
        }
        Err(InvalidEvent::ExtensionShadows(_)) => {
            let names: BTreeSet<&str> = extensions.iter().map(|(name, _)| name.as_str()).collect();
            assert!(names.len() < extensions.len(), "{names:?}");
        }
        Err(other) => panic!("{other:?}"),
    }
}

/// The same for the Event Grid schema.
pub(crate) fn same_event_grid_event(view: Result<EventGridEventView<'_>, MalformedEvent>, json: &RawValue) {
    let names = ["id", "topic", "subject", "eventType", "eventTime", "dataVersion"];
    let expected = attributes(json, &names, &["id", "subject", "eventType", "eventTime"], &["data"]);
    let Ok(view) = view else {
        return assert!(expected.is_none(), "refused: {view:?}, {json}");
    };
    let expected = expected.unwrap_or_else(|| panic!("accepted: {json}"));
    same_attributes(
        &expected,
        &[
            ("id", Some(view.id())),
            ("topic", view.topic()),
            ("subject", Some(view.subject())),
            ("eventType", Some(view.event_type())),
            ("eventTime", Some(view.event_time())),
            ("dataVersion", view.data_version()),
        ],
    );
    // Only a CloudEvent knows `data_base64`.
    same_json(view.data(), &expected);
    let _ = (view.timestamp(), view.to_event(), format!("{view:?}"));
}

const CORE_NAMES: [&str; 10] = [
    "id",
    "source",
    "specversion",
    "type",
    "subject",
    "time",
    "datacontenttype",
    "dataschema",
    "data",
    "data_base64",
];

/// The members of a CloudEvent; none if it is not one.
fn cloud_event(json: &RawValue) -> Option<Members<'_>> {
    let texts = [
        "id",
        "source",
        "specversion",
        "type",
        "subject",
        "time",
        "datacontenttype",
        "dataschema",
        "data_base64",
    ];
    let members = attributes(json, &texts, &["id", "source", "type"], &["data"])?;
    let version = text(&members, "specversion");
    let version_is_ours = version.is_none_or(|version| version.starts_with("1."));
    let has_bytes = text(&members, "data_base64").is_some();
    let has_json = find(&members, "data").is_some_and(|data| data.get() != "null");
    (version_is_ours && !(has_bytes && has_json)).then_some(members)
}

/// The members of an object, if its known ones are there once, are texts or null, and are there if
/// they must.
fn attributes<'r>(
    json: &'r RawValue,
    texts: &[&str],
    required: &[&str],
    others: &[&str],
) -> Option<Members<'r>> {
    let (members, all) = json.get().starts_with('{').then(|| members(json))?;
    let once = |name: &&str| members.iter().filter(|(other, _)| other == *name).count() <= 1;
    let is_text = |name: &&str| {
        find(&members, name).is_none_or(|value| serde_json::from_str::<Option<String>>(value.get()).is_ok())
    };
    let valid = all
        && texts.iter().chain(others).all(once)
        && texts.iter().all(is_text)
        && required.iter().all(|name| text(&members, name).is_some());
    valid.then_some(members)
}

fn find<'r>(members: &Members<'r>, name: &str) -> Option<&'r RawValue> {
    members.iter().find(|(other, _)| other == name).map(|(_, value)| *value)
}

fn text(members: &Members<'_>, name: &str) -> Option<String> {
    find(members, name).and_then(|value| serde_json::from_str(value.get()).ok()?)
}

fn same_attributes(expected: &Members<'_>, ours: &[(&str, Option<JsonStr<'_>>)]) {
    for (name, ours) in ours {
        assert_eq!(ours.map(|ours| ours.to_string()), text(expected, name), "{name}");
    }
}

fn same_data(ours: DataView<'_>, expected: &Members<'_>) {
    if let Some(base64) = text(expected, "data_base64") {
        use base64::Engine;

        let bytes = base64::engine::general_purpose::STANDARD.decode(base64);
        assert!(matches!(ours, DataView::Base64(_)));
        assert_eq!(ours.to_bytes().ok(), bytes.ok());
    } else {
        same_json(ours, expected);
    }
}

fn same_json(ours: DataView<'_>, expected: &Members<'_>) {
    let json = find(expected, "data").map(RawValue::get);
    assert_eq!(ours.as_json().ok().map(RawJson::as_str), json);
}

fn shown(value: ExtensionView<'_>) -> String {
    match value {
        // With a lone surrogate it would not be one.
        ExtensionView::String(text) => format!("\"{}\"", text.raw()),
        ExtensionView::Number(number) => number.to_string(),
        ExtensionView::Boolean(truth) => truth.to_string(),
        ExtensionView::Other(json) => json.to_string(),
        other => panic!("{other:?}"),
    }
}
