//! An event that is encoded and parsed again is the same. Input: a [`Sample`].
//!
//! CloudEvents and the Event Grid schema go through their JSON and through `serde`. Binary content
//! mode goes through the headers of the request, which the webhook reads and another crate decodes.

use std::sync::LazyLock;

use arbitrary::{Arbitrary, Result, Unstructured};
use eventgrid::calls::RequestContext;
use eventgrid::calls::{Call, Publish};
use eventgrid::event::{
    BinaryMode, CloudEventView, EventGridEvent, EventGridEventView, Extension, ExtensionValue, InvalidEvent,
};
use eventgrid::json::{JsonText, JsonWriter, RawJson, WriteError};
use eventgrid::webhook::{DeliveredEvent, Delivery, IncomingRequest, Webhook};
use eventgrid::{Buf, CloudEvent, Data, NamespaceTopic, Request, RequestError};
use regex::bytes::Regex;

use crate::serializer_agrees::written;
use crate::tree::{Tree, one_of, text};

static IS_JSON: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?i-u)^[^/;]*/(?:[^;]*\+)?json\s*(?:;|$)").unwrap());
static IS_TEXT: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?i-u)^text/|^[^/;]*/(?:[^;]*\+)?xml\s*(?:;|$)").unwrap());
static NAMES_CHARSET: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"(?i-u);\s*charset\s*=").unwrap());

/// Runs the check.
///
/// # Panics
/// If an event does not come back.
pub fn check(input: &[u8]) {
    let Ok(sample) = Sample::arbitrary(&mut Unstructured::new(input)) else { return };
    cloud_event(&sample.cloud_event);
    binary_mode(&sample.cloud_event);
    event_grid_event(&sample.event_grid_event);
}

/// The same texts and data as an event of either schema.
#[derive(Debug)]
struct Sample {
    cloud_event: CloudEvent<'static>,
    event_grid_event: EventGridEvent<'static>,
}

impl<'a> Arbitrary<'a> for Sample {
    fn arbitrary(input: &mut Unstructured<'a>) -> Result<Self> {
        // Which of the optional parts there are.
        let parts = u8::arbitrary(input)?;
        let has = |part: u8| parts & 1 << part != 0;
        let mut event = CloudEvent::new(text(input)?, text(input)?, text(input)?);
        if has(0) {
            event = event.with_subject(text(input)?);
        }
        if has(1) {
            event = event.with_time(time(input)?);
        }
        if has(2) {
            event = event.with_data_content_type(content_type(input)?);
        }
        if has(3) {
            event = event.with_data_schema(text(input)?);
        }
        event = event.with_data(data(input)?);
        let mut grid = EventGridEvent::new(
            event.id.clone(),
            event.source.clone(),
            event.event_type.clone(),
            time(input)?,
            text(input)?,
        );
        if has(4) {
            grid = grid.for_domain_topic(text(input)?);
        }
        // `null` counts as no data there.
        let is_null = matches!(&event.data, Data::Json(json) if json.as_str() == "null");
        grid = grid.with_data(if is_null { Data::None } else { event.data.clone() });
        while let (true, false) = (has(5), input.is_empty()) {
            event.extensions.push(Extension::new(text(input)?, extension(input)?));
        }
        Ok(Self { cloud_event: event, event_grid_event: grid })
    }
}

fn time(input: &mut Unstructured<'_>) -> Result<String> {
    let known = ["2024-06-01T12:00:00Z", "0001-01-01t00:00:00.123456789+23:59", "2024-13-01T12:00:00Z"];
    Ok(match one_of(input, &[0, 1, 2, 3])? {
        3 => text(input)?,
        index => known[index].to_owned(),
    })
}

fn content_type(input: &mut Unstructured<'_>) -> Result<String> {
    let known =
        ["application/json", "text/plain; a=b", "application/CloudEvents+json", "image/png", "a/b+json"];
    Ok(match one_of(input, &[0, 1, 2, 3, 4, 5])? {
        5 => text(input)?,
        index => known[index].to_owned(),
    })
}

fn extension(input: &mut Unstructured<'_>) -> Result<ExtensionValue<'static>> {
    Ok(match one_of(input, &[0, 1, 2])? {
        0 => {
            let text = text(input)?;
            // A list is of no type that CloudEvents has.
            let list = JsonText::parse(text.clone()).ok().filter(|json| json.as_str().starts_with('['));
            list.map_or_else(|| text.into(), ExtensionValue::Json)
        }
        1 => i32::arbitrary(input)?.into(),
        _ => bool::arbitrary(input)?.into(),
    })
}

fn data(input: &mut Unstructured<'_>) -> Result<Data<'static>> {
    Ok(match one_of(input, &[0, 1, 2, 3])? {
        0 => Data::None,
        1 => Data::text(text(input)?),
        2 => Data::bytes(text(input)?.into_bytes()),
        // A value that cannot be JSON is refused by whatever writes it.
        _ => {
            written(&Tree::arbitrary(input)?).map_or(Data::None, |json| Data::raw_json(json).expect("valid"))
        }
    })
}

fn cloud_event(event: &CloudEvent<'_>) {
    let json = encoded(|out| event.write_json(out));
    if let Err(reason) = event.check() {
        return assert_eq!(published(event), Err(RequestError::Event { index: 0, reason }));
    }
    let parsed = RawJson::parse(&json).unwrap();
    let view = CloudEventView::parse(parsed).unwrap_or_else(|error| panic!("{error:?}: {json}"));
    let back = view.to_event().unwrap().into_owned().unwrap();
    assert_eq!(&back, event);
    // What was text stays text.
    assert_eq!(encoded(|out| back.write_json(out)), json);
    assert_eq!(published(event).as_deref(), Ok(json.as_bytes()));
    // Half of a surrogate pair is JSON that `serde` cannot carry.
    if let Ok(text) = serde_json::to_string(event) {
        let back: CloudEvent<'_> = serde_json::from_str(&text).unwrap();
        same_value(&back.data, &event.data);
        assert_eq!(back.with_data(Data::None), event.clone().with_data(Data::None));
    }
}

/// `serde` carries values and no letters: `1e+20` may be `1e20` behind it.
fn same_value(ours: &Data<'_>, expected: &Data<'_>) {
    match (ours, expected) {
        (Data::Json(ours), Data::Json(expected)) => {
            let value = |json: &JsonText<'_>| serde_json::from_str::<serde_json::Value>(json.as_str()).ok();
            assert_eq!(value(ours), value(expected));
        }
        _ => assert_eq!(ours, expected),
    }
}

/// The body of the request that publishes it.
fn published(event: &CloudEvent<'_>) -> std::result::Result<Vec<u8>, RequestError> {
    let target = NamespaceTopic::new("https://h", "t").unwrap();
    let call = Publish::new(&target, event);
    with_request(&call, |request| request.body().to_vec())
}

fn with_request<T>(
    call: &impl Call,
    read: impl FnOnce(Request<'_>) -> T,
) -> std::result::Result<T, RequestError> {
    let mut bytes = Vec::new();
    let mut tx = Buf::growable(&mut bytes, usize::MAX);
    let encoded = call.encode(&RequestContext::default(), &mut tx)?;
    Ok(read(encoded.request(&tx)))
}

fn encoded(write: impl FnOnce(&mut JsonWriter<'_, '_>) -> std::result::Result<(), WriteError>) -> String {
    let mut bytes = Vec::new();
    let mut buf = Buf::growable(&mut bytes, usize::MAX);
    write(&mut JsonWriter::new(&mut buf)).unwrap();
    String::from_utf8(buf.filled().to_vec()).unwrap()
}

fn event_grid_event(event: &EventGridEvent<'_>) {
    let json = encoded(|out| event.write_json(out));
    let view = EventGridEventView::parse(RawJson::parse(&json).unwrap()).unwrap();
    let back = view.to_event();
    let bytes = matches!(event.data, Data::Bytes(_));
    assert_eq!(
        event.check(eventgrid::target::EndpointKind::BasicTopic) == Err(InvalidEvent::Bytes),
        bytes && valid(event)
    );
    // Bytes have no place in this schema: they would come back as text.
    if !bytes {
        assert_eq!(&back, event);
        if let Ok(text) = serde_json::to_string(event) {
            let back: EventGridEvent<'_> = serde_json::from_str(&text).unwrap();
            same_value(&back.data, &event.data);
            assert_eq!(back.with_data(Data::None), event.clone().with_data(Data::None));
        }
    }
}

/// Whether nothing but its data can be wrong with it.
fn valid(event: &EventGridEvent<'_>) -> bool {
    let without_data = event.clone().with_data(Data::None);
    without_data.check(eventgrid::target::EndpointKind::BasicTopic).is_ok()
}

fn binary_mode(event: &CloudEvent<'_>) {
    let target = NamespaceTopic::new("https://h", "t").unwrap();
    let binary = BinaryMode(event);
    let call = Publish::new(&target, &binary);
    let checked = with_request(&call, |request| comes_back(&request, event));
    let body = expected_body(event);
    match checked {
        Ok(()) => assert!(body.is_some(), "{event:?}"),
        Err(RequestError::Event {
            reason: InvalidEvent::BinaryModeData { .. } | InvalidEvent::EmptyBody,
            ..
        }) => {
            assert!(body.is_none(), "{event:?}");
        }
        // What a namespace would take as JSON may still be refused for its media type.
        Err(error) => {
            let refused = matches!(error, RequestError::Header { .. })
                || matches!(
                    error,
                    RequestError::Event {
                        reason: InvalidEvent::StructuredContentType
                            | InvalidEvent::EmptyAttribute("datacontenttype"),
                        ..
                    }
                )
                || matches!(error, RequestError::Event { reason: InvalidEvent::Charset, .. })
                    && NAMES_CHARSET.is_match(content_type_of(event).as_bytes());
            assert!(refused || event.check().is_err(), "{error:?}: {event:?}");
        }
    }
}

fn content_type_of<'e>(event: &'e CloudEvent<'_>) -> &'e str {
    event.data_content_type.as_deref().unwrap_or_default().trim()
}

/// The body that brings the data of an event, if there is one.
fn expected_body(event: &CloudEvent<'_>) -> Option<Vec<u8>> {
    let content_type = content_type_of(event).as_bytes();
    let is_json = IS_JSON.is_match(content_type);
    let is_text = !is_json && IS_TEXT.is_match(content_type);
    let body = match &event.data {
        Data::None => return Some(Vec::new()),
        Data::Text(text) if is_json => serde_json::to_vec(text.as_str()).unwrap(),
        Data::Text(text) if is_text => text.as_bytes().to_vec(),
        Data::Json(json) if is_json => json.as_str().into(),
        Data::Json(json) if is_text => serde_json::from_str::<String>(json.as_str()).ok()?.into(),
        Data::Bytes(bytes) if !is_json && !is_text => bytes.to_vec(),
        _ => return None,
    };
    (!body.is_empty()).then_some(body)
}

fn comes_back(request: &Request<'_>, event: &CloudEvent<'_>) {
    assert_eq!(Some(request.body()), expected_body(event).as_deref(), "{event:?}");

    let headers: Vec<_> = request.headers().collect();
    let headers: Vec<_> = headers.iter().map(|header| (header.name(), header.value().as_bytes())).collect();
    let expected = event.extensions.iter().map(|extension| {
        let value = match &extension.value {
            ExtensionValue::String(text) => text.to_string(),
            ExtensionValue::Integer(integer) => integer.to_string(),
            ExtensionValue::Boolean(truth) => truth.to_string(),
            ExtensionValue::Json(json) => json.to_string(),
            other => panic!("{other:?}"),
        };
        (extension.name.to_string(), value)
    });
    for (name, value) in expected.chain([
        ("id".to_owned(), event.id.to_string()),
        ("source".to_owned(), event.source.to_string()),
        ("type".to_owned(), event.event_type.to_string()),
    ]) {
        let name = format!("ce-{name}");
        let sent = headers.iter().find(|(other, _)| *other == name).unwrap().1;
        let decoded = percent_encoding::percent_decode(sent).decode_utf8().unwrap();
        assert_eq!(decoded, value, "{name}");
    }

    let webhook = Webhook::without_secret();
    let request = IncomingRequest { method: "POST", query: "", headers: &headers, body: request.body() };
    let Ok(Delivery::Events(events)) = webhook.receive(&request) else { panic!("{request:?}") };
    let view = match events.iter().next().unwrap() {
        Ok(DeliveredEvent::BinaryEvent(view)) => view,
        other => panic!("{other:?}"),
    };
    let mut back =
        CloudEvent::new(view.id().to_string(), view.source().to_string(), view.event_type().to_string());
    back.subject = view.subject().map(|text| text.to_string().into());
    back.time = view.time().map(|text| text.to_string().into());
    back.data_schema = view.data_schema().map(|text| text.to_string().into());
    back.extensions =
        view.extensions().map(|(name, value)| Extension::new(name.to_owned(), value.to_string())).collect();
    let mut expected = event.clone().with_data(Data::None);
    expected.data_content_type = None;
    // Headers have no types: extension attributes arrive as text.
    expected.extensions = expected
        .extensions
        .iter()
        .map(|extension| {
            let value = match &extension.value {
                ExtensionValue::Integer(integer) => integer.to_string().into(),
                ExtensionValue::Boolean(truth) => truth.to_string().into(),
                ExtensionValue::Json(json) => json.to_string().into(),
                text => text.clone(),
            };
            Extension::new(extension.name.clone(), value)
        })
        .collect();
    assert_eq!(back, expected);
    assert_eq!(view.data_content_type(), event.data_content_type.as_deref().map(str::trim));
}
