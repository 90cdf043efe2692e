//! Reading the messages that are retained ("mqtt-retain-http", 2025-11).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use http::{HeaderName, HeaderValue, Response, header};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde::Serialize;
use serde_json::json;

use super::query::Query;
use crate::limits::Limits;
use crate::mqtt::{MAX_PAGE, Retained, RetainedMessages, TopicFilter, check_name};
use crate::service::namespace::{ServiceError, json_reply};
use crate::time::UnixTime;

/// What a header shows of a topic as it is; anything else is percent-encoded.
const IN_HEADERS: &AsciiSet = &CONTROLS.add(b'%').add(b' ');

/// A message in a list.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Listed<'r> {
    topic: &'r str,
    qos: u8,
    size: usize,
    expiry: Option<String>,
    last_modified_time: String,
}

/// The payload of the message of a topic, with what is known of the message as headers.
pub(super) fn get(
    retained: &mut RetainedMessages,
    query: &Query<'_>,
    limits: Limits,
    now: UnixTime,
) -> Result<Response<Bytes>, ServiceError> {
    let topic = query
        .get("topic")?
        .ok_or_else(|| ServiceError::bad_request("`topic` query parameter is required"))?;
    check_name(&topic, limits)
        .map_err(|error| ServiceError::bad_request(format!("`topic` is not valid: {error}")))?;
    let message = retained.get(&topic, now).ok_or_else(|| ServiceError::message_not_found(&topic))?;
    let mut response = Response::new(message.payload.clone());
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
    for (name, value) in [
        ("x-ms-mqtt-topic", Some(utf8_percent_encode(&topic, IN_HEADERS).to_string())),
        ("x-ms-mqtt-qos", Some(message.qos.number().to_string())),
        ("x-ms-mqtt-size", Some(message.size.to_string())),
        ("x-ms-mqtt-expiry", message.expiry.map(|expiry| expiry.to_string())),
        ("x-ms-mqtt-last-modified", Some(message.last_modified.to_string())),
    ] {
        if let Some(value) = value.and_then(|value| HeaderValue::try_from(value).ok()) {
            headers.insert(HeaderName::from_static(name), value);
        }
    }
    Ok(response)
}

/// A page of the messages whose topics match a filter.
pub(super) fn list(
    retained: &mut RetainedMessages,
    query: &Query<'_>,
    origin: &str,
    limits: Limits,
    now: UnixTime,
) -> Result<Response<Bytes>, ServiceError> {
    let count = match query.get("maxResults")? {
        None => MAX_PAGE,
        Some(text) => {
            let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
            let number = text.parse().ok().filter(|number| is_number && (1..=MAX_PAGE).contains(number));
            number.ok_or_else(|| ServiceError::argument("maxResults"))?
        }
    };
    let (filter, after) = match (query.get("topicFilter")?, query.get("continuationToken")?) {
        (Some(filter), None) => (filter, None),
        (None, Some(token)) => {
            let (filter, after) =
                read_token(&token).ok_or_else(|| ServiceError::argument("continuationToken"))?;
            (filter, Some(after))
        }
        (Some(_), Some(_)) => {
            let message = "`topicFilter` and `continuationToken` query parameters cannot be given together";
            return Err(ServiceError::bad_request(message));
        }
        (None, None) => {
            let message = "`topicFilter` or `continuationToken` query parameter is required";
            return Err(ServiceError::bad_request(message));
        }
    };
    let filter = TopicFilter::new(&filter, limits)
        .map_err(|error| ServiceError::bad_request(format!("`topicFilter` is not valid: {error}")))?;
    let page = retained.page(&filter, after.as_deref(), count, now);
    let next = page.next.map(|after| {
        let token = write_token(filter.as_str(), &after);
        let version = query.version;
        format!(
            "{origin}/mqtt/retainedMessages?api-version={version}&maxResults={count}&continuationToken={token}"
        )
    });
    let messages: Vec<_> = page.messages.iter().map(|(topic, message)| listed(topic, message)).collect();
    Ok(json_reply("application/json", &json!({ "nextLink": next, "retainedMessages": messages })))
}

fn listed<'r>(topic: &'r str, message: &Retained) -> Listed<'r> {
    Listed {
        topic,
        qos: message.qos.number(),
        size: message.size,
        expiry: message.expiry.map(|expiry| expiry.to_string()),
        last_modified_time: message.last_modified.to_string(),
    }
}

/// Where a list goes on: its filter, and the topic after which. No topic has U+0000.
fn write_token(filter: &str, after: &str) -> String {
    URL_SAFE_NO_PAD.encode(format!("{filter}\0{after}"))
}

fn read_token(token: &str) -> Option<(String, String)> {
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(token).ok()?).ok()?;
    let (filter, after) = text.split_once('\0')?;
    Some((filter.to_owned(), after.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_says_where_a_list_goes_on() {
        let token = write_token("a/+/ü", "a/b/ü");
        assert_eq!(read_token(&token), Some(("a/+/ü".to_owned(), "a/b/ü".to_owned())));
        assert!(token.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)), "{token}");
        for other in ["", "nonsense", "a/b", "_w", &URL_SAFE_NO_PAD.encode("a")] {
            assert_eq!(read_token(other), None, "{other}");
        }
    }
}
