//! Whether a fault makes sense.

use http::{HeaderName, HeaderValue};

use super::effect::{FaultEffect, ResetPoint};
use super::injector::Fault;

/// The longest delay, in milliseconds.
const MAX_DELAY: u64 = 60 * 60 * 1000;

/// The most faults.
const MAX_FAULTS: usize = 1000;

/// Why faults are refused. None of them is set then.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("fault {index}: {message}")]
pub struct FaultError {
    index: usize,
    message: String,
}

/// Checks all faults.
///
/// # Errors
/// What is wrong with the first that is not valid.
pub(crate) fn check_all(faults: &[Fault]) -> Result<(), FaultError> {
    if faults.len() > MAX_FAULTS {
        let message = format!("there are {} faults; there can be {MAX_FAULTS}", faults.len());
        return Err(FaultError { index: MAX_FAULTS, message });
    }
    let check = |(index, fault): (_, &Fault)| fault.check().map_err(|message| FaultError { index, message });
    faults.iter().enumerate().try_for_each(check)
}

impl Fault {
    /// What is wrong with it, if it is not valid.
    pub(crate) fn check(&self) -> Result<(), String> {
        let (when, then) = (&self.when, &self.then);
        if when.every == Some(0) || when.count == Some(0) {
            return Err("`every` and `count` must be 1 or more, or left out".to_owned());
        }
        if when.probability.is_some_and(|probability| !(0.0..=1.0).contains(&probability)) {
            return Err("`probability` must be from 0 to 1".to_owned());
        }
        if then.bytes_per_second == Some(0) {
            return Err("`bytesPerSecond` must be 1 or more".to_owned());
        }
        if then.delay_in_milliseconds.is_some_and(|delay| delay > MAX_DELAY) {
            return Err(format!("`delayInMilliseconds` must be {MAX_DELAY}, an hour, or less"));
        }
        check_response(then)?;
        if then.reset.is_some() && then.truncate_after_bytes.is_some() {
            return Err("it has `reset` and `truncateAfterBytes`: take one of them".to_owned());
        }
        if !then.does_request() && (then.duplicate_delivery || then.lose_lock) {
            let message = "with `status` or the reset `beforeRequest` the request is not done, so leave out \
                       `duplicateDelivery` and `loseLock`";
            return Err(message.to_owned());
        }
        if then.reset == Some(ResetPoint::BeforeRequest) && then.status.is_some() {
            return Err(
                "with the reset `beforeRequest` there is no response, so leave out `status`".to_owned()
            );
        }
        let does_something = then.status.is_some() || then.transport_fault().is_some();
        if !(does_something || then.duplicate_delivery || then.lose_lock) {
            let message = "it does nothing: give it one of `status`, `delayInMilliseconds`, `reset`, \
                       `truncateAfterBytes`, `bytesPerSecond`, `duplicateDelivery` and `loseLock`";
            return Err(message.to_owned());
        }
        Ok(())
    }
}

fn check_response(then: &FaultEffect) -> Result<(), String> {
    let Some(status) = then.status else {
        return if then.headers.is_empty() && then.body.is_none() {
            Ok(())
        } else {
            Err("`headers` and `body` are of a response with a `status` of its own: give one".to_owned())
        };
    };
    if !(200..=599).contains(&status) {
        return Err("`status` must be from 200 to 599".to_owned());
    }
    if matches!(status, 204 | 304) && then.body.is_some() {
        return Err(format!("a response with status {status} has no body"));
    }
    for (name, value) in &then.headers {
        let known: HeaderName = name.parse().map_err(|_| format!("{name:?} is not the name of a header"))?;
        if matches!(known.as_str(), "connection" | "content-length" | "transfer-encoding") {
            return Err(format!("the header {known} is the server's own: leave it out"));
        }
        HeaderValue::from_str(value)
            .map_err(|_| format!("the header {known} cannot have the value {value:?}"))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_makes_no_sense_is_refused_with_what_to_do() {
        for (json, part) in [
            (r#"{"then":{}}"#, "it does nothing"),
            (r#"{"then":{"status":199}}"#, "from 200 to 599"),
            (r#"{"then":{"status":204,"body":"x"}}"#, "has no body"),
            (r#"{"then":{"body":"x","loseLock":true}}"#, "with a `status` of its own"),
            (r#"{"then":{"status":503,"headers":{"a b":"c"}}}"#, "not the name of a header"),
            (r#"{"then":{"status":503,"headers":{"a":"\n"}}}"#, "cannot have the value"),
            (r#"{"then":{"status":503,"headers":{"Content-Length":"1"}}}"#, "the server's own"),
            (r#"{"then":{"status":503,"loseLock":true}}"#, "leave out `duplicateDelivery`"),
            (r#"{"then":{"status":503,"reset":"beforeRequest"}}"#, "leave out `status`"),
            (r#"{"then":{"reset":"inBody","truncateAfterBytes":1}}"#, "take one of them"),
            (r#"{"then":{"bytesPerSecond":0}}"#, "1 or more"),
            (r#"{"then":{"delayInMilliseconds":3600001}}"#, "an hour"),
            (r#"{"when":{"every":0},"then":{"loseLock":true}}"#, "1 or more, or left out"),
            (r#"{"when":{"probability":1.5},"then":{"loseLock":true}}"#, "from 0 to 1"),
        ] {
            let valid: Fault = serde_json::from_str(r#"{"then":{"status":503}}"#).unwrap();
            let fault = serde_json::from_str(json).unwrap();
            let error = check_all(&[valid, fault]).unwrap_err().to_string();
            assert!(error.starts_with("fault 1: ") && error.contains(part), "{json}: {error}");
        }
        for unknown in [r#"{"then":{"x":1}}"#, r#"{"when":{"x":1},"then":{}}"#, r#"{"then":{},"x":1}"#, "{}"]
        {
            assert!(serde_json::from_str::<Fault>(unknown).is_err(), "{unknown}");
        }
    }
}
