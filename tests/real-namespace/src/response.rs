//! The description of a response, without what changes from one call to the next.

use std::collections::BTreeMap;

use eventgrid::RawResponse;
use serde::Deserialize;
use serde_json::value::RawValue;

/// A response.
#[derive(Debug)]
pub(crate) struct Observed {
    status: u16,
    body: Vec<u8>,
}

/// An event that was received.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Delivered {
    pub(crate) broker_properties: BrokerProperties,
    event: BTreeMap<String, Box<RawValue>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct BrokerProperties {
    pub(crate) lock_token: String,
    pub(crate) delivery_count: u32,
}

#[derive(Deserialize)]
struct ReceiveBody {
    value: Vec<Delivered>,
}

#[derive(Deserialize)]
struct ErrorBody {
    error: ErrorDetail,
}

#[derive(Deserialize)]
struct ErrorDetail {
    code: String,
    message: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SettleBody {
    succeeded_lock_tokens: Vec<String>,
    failed_lock_tokens: Vec<FailedToken>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct FailedToken {
    error: ErrorDetail,
}

impl Observed {
    pub(crate) fn of(response: RawResponse) -> Self {
        Self { status: response.status(), body: response.into_body() }
    }

    pub(crate) fn is_success(&self) -> bool {
        self.status == 200
    }

    /// The events of a receive that succeeded.
    pub(crate) fn deliveries(&self) -> Option<Vec<Delivered>> {
        let body = serde_json::from_slice::<ReceiveBody>(&self.body).ok()?;
        self.is_success().then_some(body.value)
    }

    /// The status, and of the body what means something.
    pub(crate) fn line(&self) -> String {
        let status = self.status;
        if let Ok(ErrorBody { error }) = serde_json::from_slice(&self.body) {
            return format!("{status} {}: {}", error.code, without_ids(&error.message));
        }
        if let Ok(settled) = serde_json::from_slice::<SettleBody>(&self.body) {
            let failed = settled.failed_lock_tokens.iter();
            let failed: Vec<_> = failed
                .map(|token| format!("{}: {}", token.error.code, without_ids(&token.error.message)))
                .collect();
            return format!(
                "{status}, {} succeeded, failed: {failed:?}",
                settled.succeeded_lock_tokens.len()
            );
        }
        format!("{status} {}", without_ids(&String::from_utf8_lossy(&self.body)))
    }
}

impl Delivered {
    /// Whether a run with that `source` has published it.
    pub(crate) fn is_of(&self, source: &str) -> bool {
        self.text("source").as_deref() == Some(source)
    }

    pub(crate) fn id(&self) -> String {
        self.text("id").unwrap_or_default()
    }

    fn text(&self, name: &str) -> Option<String> {
        serde_json::from_str(self.event.get(name)?.get()).ok()
    }

    /// The event, its attributes by name, each as it was written.
    pub(crate) fn line(&self) -> String {
        let members: Vec<_> =
            self.event.iter().map(|(name, value)| format!("{name}={}", value.get())).collect();
        format!("delivery {}: {}", self.broker_properties.delivery_count, members.join(" "))
    }
}

/// Tracking ids and times become `_`: long words of digits, with hyphens or colons.
fn without_ids(text: &str) -> String {
    let is_of_word = |char: char| char.is_ascii_alphanumeric() || "-:.+".contains(char);
    let mut out = String::new();
    for piece in text.split_inclusive(|char| !is_of_word(char)) {
        let word = piece.trim_end_matches(|char| !is_of_word(char));
        let digits = word.bytes().filter(u8::is_ascii_digit).count();
        if word.len() >= 16 && digits >= 6 && word.contains(['-', ':']) {
            out.push('_');
            out.push_str(&piece[word.len()..]);
        } else {
            out.push_str(piece);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tracking_ids_and_times_are_not_compared() {
        assert_eq!(
            without_ids(
                "Topic 'orders' not found. Id 8c6a5f0e-1c2d-4e3f-9a8b-7c6d5e4f3a2b, 2024-06-05T12:09:03Z."
            ),
            "Topic 'orders' not found. Id _, _"
        );
        assert_eq!(without_ids("api-version=2024-06-01"), "api-version=2024-06-01");
    }
}
