//! Marks an event to be published in binary content mode.

use crate::event::CloudEvent;

/// A CloudEvent to be published to a namespace topic in binary content mode: its attributes are
/// sent as headers, and its data as the body.
///
/// The event must have a `datacontenttype`. It is the body's media type, and the only part of the
/// request that says what the body is. So the data is written as this media type demands, and a
/// subscriber receives the same data as from a structured event. Data for which there is no such
/// body is refused before a request is sent.
///
/// | data | structured event, any type | `*/json`, `*/*+json` | `text/*`, `*/xml`, `*/*+xml` | any other type |
/// |---|---|---|---|---|
/// | [`Data::None`] | no data | an empty body | an empty body | an empty body |
/// | [`Data::Text`] | `data`, a JSON string | a JSON string, in its quotes | the text in UTF-8; empty text is refused | refused: bytes would arrive |
/// | [`Data::Json`], [`Data::Value`]: a JSON string | `data` | the JSON text | the text of the string; an empty one is refused | refused: bytes would arrive |
/// | [`Data::Json`], [`Data::Value`]: any other JSON | `data` | the JSON text | refused: text would arrive | refused: bytes would arrive |
/// | `Data::Bytes` | `data_base64` | refused: JSON would arrive | refused: text would arrive | the bytes; no bytes at all are refused |
///
/// That the service brings `text/plain` and `text/xml` as text and the bytes of a media type it
/// does not know as base64 was recorded (api-version 2023-10-01-preview); that it brings JSON as
/// JSON, and the text of other types as text, is documented for dead letters alone and unconfirmed.
/// An empty body is no data: hence empty text, for which there is no other body, is refused. Text
/// is sent as UTF-8, so a text media type that names another charset than UTF-8 or US-ASCII is
/// refused, and US-ASCII with text beyond ASCII.
///
/// The CloudEvents libraries for Python (`cloudevents` 2.2), JavaScript (`cloudevents` 10.0) and
/// Rust (`cloudevents-sdk` 0.9) send text as it is under every media type: the text `5` or `true`
/// under `application/json` becomes a number or a boolean on the way. What this crate sends under
/// it, the library for Python reads as the value it was, and the one for JavaScript as the same
/// text if it was text; the one for Rust reads every body as bytes. The Azure SDKs for Python and
/// JavaScript send structured events alone.
///
/// Extension attributes arrive as text whatever their type. A name that is not of lower-case
/// letters and digits, as a received event may have it, cannot be a part of a header's and is
/// refused: send that event as a structured one.
///
/// ```
/// use eventgrid::{CloudEvent, Data};
/// use eventgrid::event::BinaryMode;
///
/// let event = CloudEvent::new("1", "urn:camera", "Picture.Taken")
///     .with_data_content_type("text/xml")
///     .with_data(Data::text("<picture/>"));
/// let binary = BinaryMode(&event);
/// ```
///
/// [`Data::None`]: crate::event::Data::None
/// [`Data::Text`]: crate::event::Data::Text
/// [`Data::Json`]: crate::event::Data::Json
/// [`Data::Value`]: crate::event::Data::Value
#[derive(Debug, Clone, Copy)]
pub struct BinaryMode<'e>(pub &'e CloudEvent<'e>);
