//! The responses of the service: batches, settlements, errors, and tokens that are salvaged from
//! broken ones. Input: the bytes of a body.
//!
//! The views agree with `serde_json`, iteration yields as many items as were counted, and every
//! token that parsing finds is also found by salvaging, and when the body streams through a buffer
//! that is too small for it. If the body has a name twice, the first one counts, as the docs of
//! each view say; a list that is `null` is as one that is not there.

use bytes::Bytes;
use eventgrid::json::MAX_DEPTH;
use eventgrid::target::EndpointKind;
use eventgrid::{Batch, Buf, FailureReason, LockTokens, Response, ServiceError, Settlement};
use serde_json::value::RawValue;

use crate::event_oracle::same_cloud_event;
use crate::interrupted_batch;
use crate::json_agrees::oracle::{depth, members, members_by};
use crate::streamed_batch;

/// Runs the check.
///
/// # Panics
/// If a view does not agree.
pub fn check(input: &[u8]) {
    salvaging_is_steady(input);
    let json = document(input);
    streamed_batch::check(input, json);
    interrupted_batch::check(input);
    batch(input, json);
    settlement(input, json);
    service_error(input, json);
}

/// The body by the word of `serde_json`, unless it is so deep that ours may differ.
fn document(body: &[u8]) -> Option<&RawValue> {
    let text = std::str::from_utf8(body).ok()?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    serde_json::from_str(text).ok().filter(|json: &&RawValue| depth(json.get()) <= MAX_DEPTH)
}

/// What is found in a body that is cut off is what is found in all of it, as far as it goes.
fn salvaging_is_steady(body: &[u8]) {
    let whole: Vec<_> = Batch::salvage(body).map(|token| token.raw().to_owned()).collect();
    for parts in [2, 3, 5] {
        let cut: Vec<_> =
            Batch::salvage(&body[..body.len() / parts]).map(|token| token.raw().to_owned()).collect();
        assert!(whole.starts_with(&cut), "{whole:?} does not start with {cut:?}");
    }
}

fn batch(body: &[u8], json: Option<&RawValue>) {
    let batch = Batch::parse(body);
    if let (Err(error), Some(json)) = (&batch, json) {
        assert!(deliveries(json).is_none(), "refused: {error:?}, {json}");
    }
    let Ok(batch) = batch else { return };
    let parsed: Vec<_> = batch.lock_tokens().map(|token| token.to_string()).collect();
    assert_eq!(batch.iter().count(), batch.len());
    assert_eq!(batch.iter().size_hint(), (batch.len(), Some(batch.len())));
    assert_eq!(parsed.len(), batch.len());
    // Salvaging may find more: it does not know which of two equal names counts.
    let mut salvaged = Batch::salvage(body);
    for token in &parsed {
        assert!(salvaged.any(|found| found == token.as_str()), "{token} is lost");
    }
    let kept = batch.clone().into_owned();
    assert!(kept.lock_tokens().eq(batch.lock_tokens()));
    let _ = format!("{batch:?}");

    let Some(json) = json else { return };
    let expected = deliveries(json).unwrap_or_else(|| panic!("accepted: {json}"));
    let (with_token, without): (Vec<_>, Vec<_>) =
        expected.into_iter().partition(|delivery| delivery.lock_token.is_some());
    assert_eq!(batch.without_lock_token(), without.len());
    assert_eq!(batch.len(), with_token.len());
    for (ours, expected) in batch.iter().zip(with_token) {
        assert_eq!(Some(ours.lock_token().to_string()), expected.lock_token);
        assert_eq!(ours.delivery_count(), expected.count.unwrap_or(0));
        match expected.events.as_slice() {
            [event] if expected.count.is_some() && !expected.doubled => {
                same_cloud_event(ours.event(), event);
            }
            _ => assert!(ours.event().is_err(), "accepted: {json}"),
        }
    }
}

/// An element of `value`.
#[derive(Default)]
struct Delivery<'r> {
    lock_token: Option<String>,
    doubled: bool,
    count: Option<u32>,
    events: Vec<&'r RawValue>,
}

/// The elements of the first `value` that is not null; none if this is not the body of a receive.
fn deliveries(json: &RawValue) -> Option<Vec<Delivery<'_>>> {
    let members = object(json)?;
    let is_list = |(name, value): &&(String, &RawValue)| name == "value" && value.get() != "null";
    let Some((_, value)) = members.iter().find(is_list) else { return Some(Vec::new()) };
    let elements: Vec<&RawValue> = serde_json::from_str(value.get()).ok()?;
    elements.into_iter().map(delivery).collect()
}

fn delivery(element: &RawValue) -> Option<Delivery<'_>> {
    let mut delivery = Delivery::default();
    if !element.get().starts_with('{') {
        return Some(delivery);
    }
    for (name, value) in object_of_any_names(element)? {
        if name == "event" {
            delivery.events.push(value);
        } else if name == "brokerProperties" && value.get().starts_with('{') {
            for (name, value) in object_of_any_names(value)? {
                if name == "lockToken" && value.get().starts_with('"') {
                    delivery.doubled |= delivery.lock_token.is_some();
                    delivery.lock_token =
                        delivery.lock_token.take().or_else(|| serde_json::from_str(value.get()).ok());
                } else if name == "deliveryCount"
                    && value.get().starts_with(['-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9'])
                {
                    match delivery.count {
                        None => delivery.count = serde_json::from_str(value.get()).ok(),
                        Some(_) => delivery.doubled = true,
                    }
                }
            }
        }
    }
    Some(delivery)
}

/// The members, if it is an object. Halves of surrogate pairs in their names are replaced.
pub(crate) fn object_of_any_names(json: &RawValue) -> Option<Vec<(String, &RawValue)>> {
    let (members, all) = json.get().starts_with('{').then(|| members_by::<Bytes>(json))?;
    let name = |name: Bytes| String::from_utf8_lossy(&name).into_owned();
    all.then(|| members.into_iter().map(|(bytes, value)| (name(bytes), value)).collect())
}

/// The members, if it is an object whose names can all be decoded.
pub(crate) fn object(json: &RawValue) -> Option<Vec<(String, &RawValue)>> {
    let (members, all) = json.get().starts_with('{').then(|| members(json))?;
    all.then_some(members)
}

fn settlement(body: &[u8], json: Option<&RawValue>) {
    let expected = json.map(settled);
    for replayed in [false, true] {
        let ours = Settlement::parse(body, replayed).ok();
        if let Some(expected) = &expected {
            assert_eq!(ours.is_some(), expected.is_some(), "{}", String::from_utf8_lossy(body));
        }
        let (Some(ours), Some(Some(expected))) = (ours, &expected) else { continue };
        let succeeded: Vec<_> = ours.succeeded().map(|token| token.to_string()).collect();
        assert_eq!(succeeded, expected.succeeded.clone().unwrap_or_default());
        let failed: Vec<_> = ours.failed().collect();
        assert_eq!(failed.len(), expected.failed.len());
        for (ours, (token, code, message)) in failed.iter().zip(&expected.failed) {
            assert_eq!(ours.lock_token().to_string(), *token);
            assert_eq!(ours.code(), code.as_str());
            assert_eq!(ours.message(), message.as_str());
            let reason = match code.as_str() {
                "TokenLost" if replayed => FailureReason::AlreadySettledOrLost,
                "TokenLost" => FailureReason::TokenLost,
                "BadToken" => FailureReason::BadToken,
                _ => FailureReason::Other,
            };
            assert_eq!(ours.reason(), reason, "{code}");
        }
        assert_eq!(ours.is_complete(), expected.succeeded.is_some() && expected.failed.is_empty());
        let _ = format!("{ours:?}");
    }
}

struct Settled {
    /// None if there is no such list.
    succeeded: Option<Vec<String>>,
    /// Token, code and message.
    failed: Vec<(String, String, String)>,
}

/// `None` if this is not the body of a settling call's response.
fn settled(json: &RawValue) -> Option<Settled> {
    let (mut succeeded, mut failed) = (None, None);
    for (name, value) in object(json)? {
        if value.get() == "null" {
            continue;
        }
        if name == "succeededLockTokens" {
            let tokens: Vec<String> = serde_json::from_str(value.get()).ok()?;
            succeeded = succeeded.or(Some(tokens));
        } else if name == "failedLockTokens" {
            let list: Vec<&RawValue> = serde_json::from_str(value.get()).ok()?;
            let list: Option<Vec<_>> = list.into_iter().map(failure).collect();
            failed = failed.or(Some(list?));
        }
    }
    Some(Settled { succeeded, failed: failed.unwrap_or_default() })
}

fn failure(element: &RawValue) -> Option<(String, String, String)> {
    let (mut token, mut code, mut message) = <(String, String, String)>::default();
    // What is there as text counts, the last one of a name.
    let mut note = |name: &str, value: &RawValue, names: [&str; 2]| -> Option<()> {
        if value.get().starts_with('"') && names.contains(&name) {
            let text: String = serde_json::from_str(value.get()).ok()?;
            *(if name == names[0] { &mut code } else { &mut message }) = text;
        }
        Some(())
    };
    for (name, value) in object(element)? {
        if name == "lockToken" {
            token = serde_json::from_str(value.get()).ok()?;
        } else if name == "error" && value.get().starts_with('{') {
            object(value)?
                .into_iter()
                .try_for_each(|(name, value)| note(&name, value, ["code", "message"]))?;
        } else {
            note(&name, value, ["errorCode", "errorDescription"])?;
        }
    }
    Some((token, code, message))
}

/// The words of an error are those of the body, also of one that was cut, and are told on one line.
fn service_error(body: &[u8], json: Option<&RawValue>) {
    let mut response = Response::new(Buf::new(&mut []));
    response.begin(300 + u16::from(body.len().to_le_bytes()[0]));
    let received = response.finish();
    let error = |body| ServiceError::new(EndpointKind::Namespace, &received, None, body);
    let whole = error(body);
    let shown = whole.to_string();
    assert!(!shown.contains(char::is_control), "{shown:?}");
    let _ = format!("{whole:?}");
    if let Some(json) = json {
        for (name, ours) in
            [("code", whole.code()), ("message", whole.message()), ("tracking_id", whole.tracking_id())]
        {
            assert_eq!(ours.map(|text| text.to_string()), word(json, name), "{name} of {json}");
        }
        let cut = error(&body[..body.len() / 2]);
        assert!(cut.code().is_none_or(|code| Some(code) == whole.code()));
    }
    assert_eq!(whole.body(), body);
}

/// The first text of a name in any member `error`, as far as the names before it can be decoded.
fn word(json: &RawValue, wanted: &str) -> Option<String> {
    if !json.get().starts_with('{') {
        return None;
    }
    for (name, value) in members(json).0 {
        if name == "error" && value.get().starts_with('{') {
            let (members, all) = members(value);
            let found = members.iter().find(|(name, value)| name == wanted && value.get().starts_with('"'));
            if let Some((_, text)) = found {
                return serde_json::from_str(text.get()).ok();
            }
            if !all {
                return None;
            }
        }
    }
    None
}
