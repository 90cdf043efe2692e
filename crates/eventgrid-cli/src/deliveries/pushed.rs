//! Events that were pushed to a webhook, as they are printed.

use std::collections::BTreeMap;
use std::io::{self, Write};

use eventgrid::calls::EncodedEvent;
use eventgrid::event::{CloudEventView, DataView, EventGridEventView};
use eventgrid::json::RawJson;
use eventgrid::target::CloudEvents;
use eventgrid::webhook::{BinaryEventView, DeliveredEvent, DeliveryHeaders};
use eventgrid::{CloudEvent, Data, EndpointKind};
use serde::Serialize;
use serde_json::value::RawValue;

use super::{DATA_SHOWN, write_data};
use crate::output::Record;

/// An event that was pushed.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PushedDelivery {
    /// How often its delivery was attempted before, as the sender says.
    #[serde(skip_serializing_if = "Option::is_none")]
    delivery_count: Option<u32>,
    /// The event subscription that it was delivered for.
    #[serde(skip_serializing_if = "Option::is_none")]
    subscription: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    headers: Option<BTreeMap<String, String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    event: Option<Box<RawValue>>,
    /// Why the event cannot be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    #[serde(skip)]
    shown: Shown,
}

/// What tables show, and the data.
#[derive(Default)]
struct Shown {
    event_type: String,
    source: String,
    subject: String,
    id: String,
    data: Vec<u8>,
}

impl PushedDelivery {
    fn new(headers: DeliveryHeaders<'_>) -> Self {
        Self {
            delivery_count: headers.delivery_count(),
            subscription: headers.subscription_name().map(str::to_owned),
            headers: None,
            event: None,
            error: None,
            shown: Shown::default(),
        }
    }

    /// What is shown of an event that can be read.
    pub(crate) fn of_event(headers: DeliveryHeaders<'_>, event: &DeliveredEvent<'_>) -> Self {
        let (json, data) = match event {
            DeliveredEvent::CloudEvent(view) => (view.as_json().as_str().to_owned(), data_of(view)),
            DeliveredEvent::EventGridEvent(view) => {
                (view.as_json().as_str().to_owned(), data_of_event_grid(view))
            }
            DeliveredEvent::BinaryEvent(view) => match structured(view) {
                Ok(json) => {
                    let data = RawJson::parse(&json).ok().and_then(|json| CloudEventView::parse(json).ok());
                    let data = data.map(|view| data_of(&view)).unwrap_or_default();
                    (json, data)
                }
                Err(error) => return Self::of_error(headers, error),
            },
            _ => return Self::of_error(headers, "the event is of an unknown schema"),
        };
        let mut delivery = Self::of_json(headers, &json);
        delivery.shown = Shown {
            event_type: event.event_type().to_string(),
            source: event.source().map(|source| source.to_string()).unwrap_or_default(),
            subject: event.subject().map(|subject| subject.to_string()).unwrap_or_default(),
            id: event.id().to_string(),
            data,
        };
        delivery
    }

    /// What is shown of an event of a custom schema, which is data as a whole.
    pub(crate) fn of_custom_event(headers: DeliveryHeaders<'_>, json: &str) -> Self {
        let mut delivery = Self::of_json(headers, json);
        delivery.shown.data = on_one_line(json).into_bytes();
        delivery
    }

    /// What is shown in place of an event that cannot be read.
    pub(crate) fn of_error(headers: DeliveryHeaders<'_>, error: impl Into<String>) -> Self {
        Self { error: Some(error.into()), ..Self::new(headers) }
    }

    fn of_json(headers: DeliveryHeaders<'_>, json: &str) -> Self {
        match RawValue::from_string(on_one_line(json)) {
            Ok(event) => Self { event: Some(event), ..Self::new(headers) },
            Err(error) => Self::of_error(headers, error.to_string()),
        }
    }

    /// The same with the headers. Those whose names say that they have a secret are hidden, and the
    /// one whose name is `secret`.
    pub(crate) fn with_headers(
        mut self,
        headers: DeliveryHeaders<'_>,
        secret: Option<&str>,
    ) -> PushedDeliveryWithHeaders {
        let shown = |(name, value): (&str, &[u8])| {
            let is_hidden =
                has_secret(name) || secret.is_some_and(|secret| name.eq_ignore_ascii_case(secret));
            let value =
                if is_hidden { "(hidden)".to_owned() } else { String::from_utf8_lossy(value).into_owned() };
            (name.to_ascii_lowercase(), value)
        };
        self.headers = Some(headers.iter().map(shown).collect());
        PushedDeliveryWithHeaders(self)
    }
}

/// Whether a header is likely to have what proves who sends, by its name.
fn has_secret(name: &str) -> bool {
    const SIGNS: [&str; 8] =
        ["key", "token", "secret", "password", "signature", "authorization", "cookie", "credential"];
    let name = name.to_ascii_lowercase();
    SIGNS.iter().any(|sign| name.contains(sign))
}

/// Line breaks in JSON are white space between its parts.
fn on_one_line(json: &str) -> String {
    json.replace(['\n', '\r'], " ")
}

fn data_of(view: &CloudEventView<'_>) -> Vec<u8> {
    let mut data = Vec::new();
    // A `Vec` takes it all.
    let _ = write_data(view, &mut data);
    data
}

fn data_of_event_grid(view: &EventGridEventView<'_>) -> Vec<u8> {
    let data = view.data();
    match (data.as_text(), data.as_json()) {
        (Ok(text), _) => text.to_string().into_bytes(),
        (Err(_), Ok(json)) => on_one_line(json.as_str()).into_bytes(),
        _ => Vec::new(),
    }
}

/// An event in binary content mode as JSON.
///
/// # Errors
/// Why it cannot be written, as text.
fn structured(view: &BinaryEventView<'_>) -> Result<String, String> {
    let mut event =
        CloudEvent::new(view.id().to_string(), view.source().to_string(), view.event_type().to_string());
    event.subject = view.subject().map(|subject| subject.to_string().into());
    event.time = view.time().map(|time| time.to_string().into());
    event.data_content_type = view.data_content_type().map(|name| name.to_owned().into());
    event.data_schema = view.data_schema().map(|schema| schema.to_string().into());
    for (name, value) in view.extensions() {
        event = event.with_extension(name.to_owned(), value.to_string());
    }
    let data = match view.data() {
        DataView::Json(json) => {
            Data::raw_json(json.as_str().to_owned()).map_err(|error| error.to_string())?
        }
        DataView::Bytes(bytes) => match std::str::from_utf8(bytes) {
            Ok(text) => Data::text(text.to_owned()),
            Err(_) => Data::bytes(bytes.to_vec()),
        },
        _ => Data::None,
    };
    let encoded = EncodedEvent::<CloudEvents>::new(&event.with_data(data), EndpointKind::Namespace, None);
    encoded.map(|event| event.json().as_str().to_owned()).map_err(|error| error.to_string())
}

impl Record for PushedDelivery {
    const COLUMNS: &'static [&'static str] = &["COUNT", "TYPE", "SOURCE", "SUBJECT", "ID", "DATA"];

    fn cells(&self) -> Vec<String> {
        let count = self.delivery_count.map(|count| count.to_string()).unwrap_or_default();
        let shown = &self.shown;
        let data = match &self.error {
            Some(error) => error.clone(),
            None => String::from_utf8_lossy(&shown.data).chars().take(DATA_SHOWN).collect(),
        };
        let Shown { event_type, source, subject, id, .. } = shown;
        vec![count, event_type.clone(), source.clone(), subject.clone(), id.clone(), data]
    }

    fn write_raw(&self, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(&self.shown.data)
    }
}

/// An event that was pushed, with the headers of its delivery.
#[derive(Serialize)]
#[serde(transparent)]
pub(crate) struct PushedDeliveryWithHeaders(PushedDelivery);

impl Record for PushedDeliveryWithHeaders {
    const COLUMNS: &'static [&'static str] = &["COUNT", "TYPE", "SOURCE", "SUBJECT", "ID", "DATA", "HEADERS"];

    fn cells(&self) -> Vec<String> {
        let headers = self.0.headers.iter().flatten().map(|(name, value)| format!("{name}: {value}"));
        let mut cells = self.0.cells();
        cells.push(headers.collect::<Vec<_>>().join("; "));
        cells
    }

    fn write_raw(&self, out: &mut dyn Write) -> io::Result<()> {
        for (name, value) in self.0.headers.iter().flatten() {
            writeln!(out, "{name}: {value}")?;
        }
        writeln!(out)?;
        self.0.write_raw(out)
    }
}
