//! Binary content mode: attributes as headers, data as the body (CloudEvents 1.0, HTTP protocol
//! binding 3.1).

use crate::event::{
    AttributeName, BinaryMode, Data, DataKind, ExtensionValue, InvalidEvent, is_plain_name, media_type,
};
use crate::http::{BodyWriter, HeaderWriter, RequestError};
use crate::text::percent::{PercentEncoded, Plain};
use crate::trace::TraceContext;

impl BinaryMode<'_> {
    /// Writes the headers and the body.
    pub(crate) fn write<'w, 'b>(
        self,
        trace: Option<&TraceContext<'_>>,
        mut headers: HeaderWriter<'w, 'b>,
    ) -> Result<BodyWriter<'w, 'b>, RequestError> {
        let event = self.0;
        let content_type = event.data_content_type.as_deref().unwrap_or_default().trim();
        if content_type.is_empty() {
            let reason = InvalidEvent::EmptyAttribute("datacontenttype");
            return Err(RequestError::Event { index: 0, reason });
        }
        if content_type.get(..23).is_some_and(|start| start.eq_ignore_ascii_case("application/cloudevents")) {
            // The service would take the body for a structured event, and ignore the headers.
            return Err(RequestError::Event { index: 0, reason: InvalidEvent::StructuredContentType });
        }
        headers.header("content-type", content_type)?;
        headers.header("ce-specversion", "1.0")?;
        let attributes = [
            ("ce-id", Some(&event.id)),
            ("ce-source", Some(&event.source)),
            ("ce-type", Some(&event.event_type)),
            ("ce-subject", event.subject.as_ref()),
            ("ce-time", event.time.as_ref()),
            ("ce-dataschema", event.data_schema.as_ref()),
        ];
        for (name, value) in attributes {
            if let Some(value) = value {
                headers.header(name, encoded(value))?;
            }
        }
        for extension in &*event.extensions {
            // A received event may have any attribute name, but only these can be a part of a
            // header's name without a change.
            if !is_plain_name(&extension.name) {
                let name = AttributeName::new(&extension.name);
                return Err(RequestError::Event { index: 0, reason: InvalidEvent::ExtensionName(name) });
            }
            match &extension.value {
                ExtensionValue::String(text) => headers.prefixed("ce-", &extension.name, encoded(text)),
                ExtensionValue::Integer(integer) => headers.prefixed("ce-", &extension.name, integer),
                ExtensionValue::Boolean(boolean) => headers.prefixed("ce-", &extension.name, boolean),
                ExtensionValue::Json(json) => {
                    headers.prefixed("ce-", &extension.name, encoded(json.as_str()))
                }
            }?;
        }
        for (name, value) in event.missing_trace(trace) {
            headers.prefixed("ce-", name, encoded(value))?;
        }
        let mut body = headers.body();
        let refused = |reason| Err(RequestError::Event { index: 0, reason });
        let arrives_as = DataKind::of_body(content_type);
        match (&event.data, arrives_as) {
            // An empty body means no data.
            (Data::None, _) => return Ok(body),
            (Data::Text(_) | Data::Json(_) | Data::Value(_), DataKind::Text)
                if !media_type::has_only_charsets(content_type, &["utf-8", "us-ascii"]) =>
            {
                return refused(InvalidEvent::Charset);
            }
            (Data::Text(text), DataKind::Text) => body.bytes(text.as_bytes())?,
            #[cfg(feature = "base64")]
            (Data::Bytes(bytes), DataKind::Bytes) => body.bytes(bytes)?,
            (Data::Text(_) | Data::Json(_) | Data::Value(_), DataKind::Json) => {
                event.data.write_value(&mut body.json())?;
            }
            (Data::Json(_) | Data::Value(_), DataKind::Text) => {
                event.data.write_value(&mut body.json())?;
                if !body.decode_json_string() {
                    return refused(InvalidEvent::BinaryModeData { data: DataKind::Json, arrives_as });
                }
            }
            (data, _) => {
                let data = data.kind();
                return refused(InvalidEvent::BinaryModeData { data, arrives_as });
            }
        }
        if arrives_as == DataKind::Text
            && !body.is_ascii()
            && !media_type::has_only_charsets(content_type, &["utf-8"])
        {
            return refused(InvalidEvent::Charset);
        }
        if body.is_empty() { refused(InvalidEvent::EmptyBody) } else { Ok(body) }
    }
}

fn encoded(value: &str) -> PercentEncoded<&str> {
    PercentEncoded { value, plain: Plain::HEADER }
}
