//! An event as JSON (CloudEvents 1.0, JSON event format).

use crate::event::attribute::{self, InvalidEvent};
use crate::event::{CloudEvent, Data, ExtensionValue};
use crate::json::{JsonWriter, WriteError};
use crate::trace::{TRACEPARENT, TRACESTATE, TraceContext};

impl CloudEvent<'_> {
    /// Checks whether a namespace would accept the event, as far as that is known without sending
    /// it.
    ///
    /// # Errors
    /// [`InvalidEvent`] says what is wrong.
    pub fn check(&self) -> Result<(), InvalidEvent> {
        attribute::check(self)
    }

    /// Writes it as one JSON object, attributes first and data last.
    ///
    /// # Errors
    /// [`WriteError`] if it does not fit, or if its data cannot be written as JSON.
    pub fn write_json(&self, out: &mut JsonWriter<'_, '_>) -> Result<(), WriteError> {
        self.write_traced(None, out)
    }

    /// Writes it as one JSON object, with the trace if it has none of its own.
    pub(crate) fn write_traced(
        &self,
        trace: Option<&TraceContext<'_>>,
        out: &mut JsonWriter<'_, '_>,
    ) -> Result<(), WriteError> {
        out.begin_object()?;
        let required =
            [("specversion", "1.0"), ("id", &self.id), ("source", &self.source), ("type", &self.event_type)];
        for (name, value) in required {
            out.member(name)?;
            out.string(value)?;
        }
        let optional = [
            ("subject", &self.subject),
            ("time", &self.time),
            ("datacontenttype", &self.data_content_type),
            ("dataschema", &self.data_schema),
        ];
        for (name, value) in optional {
            if let Some(value) = value {
                out.member(name)?;
                out.string(value)?;
            }
        }
        for extension in &*self.extensions {
            out.member(&extension.name)?;
            match &extension.value {
                ExtensionValue::String(text) => out.string(text)?,
                ExtensionValue::Integer(integer) => out.i32(*integer)?,
                ExtensionValue::Boolean(boolean) => out.boolean(*boolean)?,
                ExtensionValue::Json(json) => out.raw(json.as_raw())?,
            }
        }
        for (name, value) in self.missing_trace(trace) {
            out.member(name)?;
            out.string(value)?;
        }
        match &self.data {
            Data::None => {}
            #[cfg(feature = "base64")]
            Data::Bytes(_) => {
                out.member("data_base64")?;
                self.data.write_value(out)?;
            }
            _ => {
                out.member("data")?;
                self.data.write_value(out)?;
            }
        }
        out.end_object()
    }

    /// The attributes of a trace, unless it has one of its own.
    pub(crate) fn missing_trace<'t>(
        &self,
        trace: Option<&'t TraceContext<'t>>,
    ) -> impl Iterator<Item = (&'static str, &'t str)> + use<'t> {
        let traced = self.extensions.iter().any(|own| own.name == TRACEPARENT || own.name == TRACESTATE);
        trace.filter(|_| !traced).into_iter().flat_map(TraceContext::members)
    }
}

impl Data<'_> {
    /// Writes it as one JSON value; bytes as base64, and nothing as `null`.
    pub(crate) fn write_value(&self, out: &mut JsonWriter<'_, '_>) -> Result<(), WriteError> {
        match self {
            Self::None => out.null(),
            Self::Json(json) => out.raw(json.as_raw()),
            Self::Value(value) => value.write_json(out),
            Self::Text(text) => out.string(text),
            #[cfg(feature = "base64")]
            Self::Bytes(bytes) => out.base64(bytes),
        }
    }
}
