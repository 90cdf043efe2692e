//! Where the parts of an event lie in its text.

use crate::event::{CloudEventView, DataView};
use crate::json::{JsonStr, RawJson};

/// Where the parts of a [`CloudEventView`] lie in its text, so that a copy of the text can be viewed without being read
/// again.
#[derive(Debug, Clone, Copy)]
pub(crate) struct EventSpans {
    id: Span,
    source: Span,
    event_type: Span,
    subject: Option<Span>,
    time: Option<Span>,
    data_content_type: Option<Span>,
    data_schema: Option<Span>,
    data: DataSpan,
}

#[derive(Debug, Clone, Copy)]
enum DataSpan {
    Absent,
    Json(Span),
    Base64(Span),
}

#[derive(Debug, Clone, Copy)]
struct Span {
    start: usize,
    len: usize,
    escaped: bool,
}

impl EventSpans {
    /// The places of a pulled event's parts.
    pub(crate) fn of(event: &CloudEventView<'_>) -> Self {
        let json = event.json.as_str();
        let string = |text: JsonStr<'_>| Span::of(text.raw(), text.as_str().is_none(), json);
        Self {
            id: string(event.id),
            source: string(event.source),
            event_type: string(event.event_type),
            subject: event.subject.map(string),
            time: event.time.map(string),
            data_content_type: event.data_content_type.map(string),
            data_schema: event.data_schema.map(string),
            data: match event.data {
                DataView::Json(data) => DataSpan::Json(Span::of(data.as_str(), false, json)),
                DataView::Base64(text) => DataSpan::Base64(string(text)),
                // Bytes as they are come by push alone.
                DataView::Absent | DataView::Bytes(_) => DataSpan::Absent,
            },
        }
    }

    /// The event in `json`, a copy of the text whose parts these are.
    pub(crate) fn view<'a>(&self, json: &'a str) -> CloudEventView<'a> {
        let string = |span: Span| span.string(json);
        CloudEventView {
            json: RawJson::found(json),
            id: string(self.id),
            source: string(self.source),
            event_type: string(self.event_type),
            subject: self.subject.map(string),
            time: self.time.map(string),
            data_content_type: self.data_content_type.map(string),
            data_schema: self.data_schema.map(string),
            data: match self.data {
                DataSpan::Absent => DataView::Absent,
                DataSpan::Json(span) => DataView::Json(RawJson::found(span.text(json))),
                DataSpan::Base64(span) => DataView::Base64(string(span)),
            },
        }
    }
}

impl Span {
    fn of(part: &str, escaped: bool, whole: &str) -> Self {
        Self { start: part.as_ptr().addr() - whole.as_ptr().addr(), len: part.len(), escaped }
    }

    fn text(self, whole: &str) -> &str {
        whole.get(self.start..self.start + self.len).unwrap_or_default()
    }

    fn string(self, whole: &str) -> JsonStr<'_> {
        let raw = self.text(whole);
        if self.escaped {
            // It was read as a string before, so it is valid.
            JsonStr::found_escaped(raw).unwrap_or_default()
        } else {
            JsonStr::found_plain(raw)
        }
    }
}
