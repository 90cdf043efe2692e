//! Deliveries, as they are printed.
//!
//! This module covers what of a received event is shown, in each form of output. Receiving and
//! settling belong to `commands`.

mod pushed;

use std::io::{self, Write};

use eventgrid::Data;
use eventgrid::OwnedReceivedEvent;
use eventgrid::event::CloudEventView;
use serde::Serialize;
use serde_json::value::RawValue;

pub(crate) use self::pushed::PushedDelivery;
use crate::output::Record;

/// How much of the data a table shows, in characters.
const DATA_SHOWN: usize = 60;

/// A delivery with what it is settled by.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LockedDelivery<'d> {
    lock_token: String,
    #[serde(flatten)]
    delivery: Delivery<'d>,
}

/// A delivery that needs nothing of its reader.
#[derive(Serialize)]
pub(crate) struct Delivery<'d> {
    #[serde(rename = "deliveryCount")]
    count: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    event: Option<Box<RawValue>>,
    /// Why the event cannot be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    #[serde(skip)]
    view: Option<CloudEventView<'d>>,
}

impl<'d> Delivery<'d> {
    /// What is shown of a delivery.
    pub(crate) fn new(received: &'d OwnedReceivedEvent) -> Self {
        let count = received.delivery_count();
        match received.event() {
            Ok(view) => Self::of_view(view, count),
            Err(error) => {
                let error = Some(eventgrid::with_causes(&error).to_string());
                Self { count, event: None, error, view: None }
            }
        }
    }

    /// What is shown of an event that can be read.
    pub(crate) fn of_view(view: CloudEventView<'d>, count: u32) -> Self {
        // Line breaks in JSON are white space between its parts.
        let json = view.as_json().as_str().replace(['\n', '\r'], " ");
        let (event, error) = match RawValue::from_string(json) {
            Ok(event) => (Some(event), None),
            Err(error) => (None, Some(error.to_string())),
        };
        Self { count, event, error, view: Some(view) }
    }

    fn cells(&self) -> Vec<String> {
        let count = self.count.to_string();
        let Some(view) = &self.view else {
            let error = self.error.clone().unwrap_or_default();
            return vec![count, String::new(), String::new(), String::new(), String::new(), error];
        };
        let subject = view.subject().map(|subject| subject.to_string()).unwrap_or_default();
        let mut data = Vec::new();
        // A `Vec` takes it all.
        let _ = write_data(view, &mut data);
        let data: String = String::from_utf8_lossy(&data).chars().take(DATA_SHOWN).collect();
        vec![
            count,
            view.event_type().to_string(),
            view.source().to_string(),
            subject,
            view.id().to_string(),
            data,
        ]
    }

    fn write_raw(&self, out: &mut dyn Write) -> io::Result<()> {
        self.view.as_ref().map_or(Ok(()), |view| write_data(view, out))
    }
}

impl<'d> LockedDelivery<'d> {
    /// What is shown of a delivery that is to be settled.
    pub(crate) fn new(received: &'d OwnedReceivedEvent) -> Self {
        Self { lock_token: received.lock_token().to_string(), delivery: Delivery::new(received) }
    }
}

/// The data of an event and nothing else: JSON, the text itself, or the bytes themselves.
///
/// # Errors
/// That of the writer.
pub(crate) fn write_data(view: &CloudEventView<'_>, out: &mut dyn Write) -> io::Result<()> {
    match view.to_event().map(|event| event.data) {
        Ok(Data::Json(json)) => out.write_all(json.as_str().replace(['\n', '\r'], " ").as_bytes()),
        Ok(Data::Text(text)) => out.write_all(text.as_bytes()),
        Ok(Data::Bytes(bytes)) => out.write_all(bytes.as_slice()),
        // What is no base64 stays as it came.
        Err(_) => view.data().as_text().map_or(Ok(()), |text| write!(out, "{text}")),
        Ok(_) => Ok(()),
    }
}

impl Record for LockedDelivery<'_> {
    const COLUMNS: &'static [&'static str] =
        &["COUNT", "TYPE", "SOURCE", "SUBJECT", "ID", "DATA", "LOCK TOKEN"];

    fn cells(&self) -> Vec<String> {
        let mut cells = self.delivery.cells();
        cells.push(self.lock_token.clone());
        cells
    }

    fn write_raw(&self, out: &mut dyn Write) -> io::Result<()> {
        self.delivery.write_raw(out)
    }
}

impl Record for Delivery<'_> {
    const COLUMNS: &'static [&'static str] = &["COUNT", "TYPE", "SOURCE", "SUBJECT", "ID", "DATA"];

    fn cells(&self) -> Vec<String> {
        self.cells()
    }

    fn write_raw(&self, out: &mut dyn Write) -> io::Result<()> {
        self.write_raw(out)
    }
}
