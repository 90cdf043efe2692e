//! The record of an event: its sequence number and its JSON text.

use eventgrid::event::{CloudEventBuf, CloudEventView};
use eventgrid::json::RawJson;

use crate::error::Error;

/// How many bytes the sequence number takes: least significant first, before the text.
pub(crate) const SEQUENCE: usize = 4;

/// Writes the record, and returns how long it is.
pub(crate) fn write<const N: usize, E>(
    sequence: u32,
    event: &CloudEventBuf<N>,
    record: &mut [u8; N],
) -> Result<usize, Error<E>> {
    let view = event.view().map_err(Error::Malformed)?;
    let text = view.as_json().as_str().as_bytes();
    let len = SEQUENCE + text.len();
    let (head, space) = record.split_at_mut_checked(SEQUENCE).ok_or(Error::EventTooLarge)?;
    let space = space.get_mut(..text.len()).ok_or(Error::EventTooLarge)?;
    head.copy_from_slice(&sequence.to_le_bytes());
    space.copy_from_slice(text);
    Ok(len)
}

/// The sequence number, if the record is long enough to have one.
pub(crate) fn sequence(record: &[u8]) -> Option<u32> {
    record.first_chunk().map(|bytes| u32::from_le_bytes(*bytes))
}

/// The event, if the record has one.
pub(crate) fn event<const N: usize>(record: &[u8]) -> Option<CloudEventBuf<N>> {
    let text = core::str::from_utf8(record.get(SEQUENCE..)?).ok()?;
    let view = CloudEventView::parse(RawJson::parse(text).ok()?).ok()?;
    CloudEventBuf::received(&view).ok()
}
