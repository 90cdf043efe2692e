//! The incoming request and its headers.

use core::fmt;

/// An incoming request, as the HTTP server passes it in.
///
/// ```
/// use eventgrid::webhook::IncomingRequest;
///
/// let request = IncomingRequest {
///     method: "POST",
///     query: "secret=c2VjcmV0",
///     headers: &[("content-type", b"application/json"), ("aeg-event-type", b"Notification")],
///     body: b"[]",
/// };
/// # assert!(!format!("{request:?}").contains("c2VjcmV0"));
/// ```
// It is exhaustive: an HTTP request has no other part that a webhook could need.
#[derive(Clone, Copy)]
pub struct IncomingRequest<'a> {
    /// The method, in upper case as it came.
    pub method: &'a str,
    /// The query of the URL, as it came: without its question mark, still percent-encoded, empty if
    /// there is none.
    pub query: &'a str,
    /// The headers, their names in any case.
    pub headers: &'a [(&'a str, &'a [u8])],
    /// The whole body. The server must limit its size before it reads it: a delivery has at most 1
    /// MB.
    pub body: &'a [u8],
}

/// Shows the names of the headers alone: the query and the values may be secrets.
impl fmt::Debug for IncomingRequest<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IncomingRequest")
            .field("method", &self.method)
            .field("headers", &DeliveryHeaders::new(self.headers))
            .field("body_len", &self.body.len())
            .finish_non_exhaustive()
    }
}

/// What the headers of a delivery say; names are compared without regard to case.
///
/// The headers that Event Grid sends have methods of their own. Read headers from a subscription's
/// delivery properties by [`get`](Self::get).
#[derive(Clone, Copy)]
pub struct DeliveryHeaders<'a>(&'a [(&'a str, &'a [u8])]);

impl<'a> DeliveryHeaders<'a> {
    pub(super) fn new(headers: &'a [(&'a str, &'a [u8])]) -> Self {
        Self(headers)
    }

    /// The value of a header, the first one if there are several.
    pub fn get(&self, name: &str) -> Option<&'a [u8]> {
        self.iter().find(|(candidate, _)| candidate.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    /// The headers, in the order they came.
    pub fn iter(&self) -> impl Iterator<Item = (&'a str, &'a [u8])> + use<'a> {
        self.0.iter().copied()
    }

    /// `aeg-subscription-name`: the event subscription that the delivery is for.
    pub fn subscription_name(&self) -> Option<&'a str> {
        self.text("aeg-subscription-name")
    }

    /// `aeg-delivery-count`: how many attempts to deliver there were before. Recorded deliveries of
    /// the service start at 0.
    pub fn delivery_count(&self) -> Option<u32> {
        self.text("aeg-delivery-count")?.parse().ok()
    }

    /// `aeg-event-type`: `SubscriptionValidation`, `Notification` or `SubscriptionDeletion`.
    pub fn event_type(&self) -> Option<&'a str> {
        self.text("aeg-event-type")
    }

    /// `aeg-metadata-version`: the version of the Event Grid schema, or of CloudEvents.
    pub fn metadata_version(&self) -> Option<&'a str> {
        self.text("aeg-metadata-version")
    }

    /// `aeg-data-version`: the version of the data's schema; for the Event Grid schema alone.
    pub fn data_version(&self) -> Option<&'a str> {
        self.text("aeg-data-version")
    }

    /// `aeg-output-event-id`: the id of the delivered event.
    pub fn output_event_id(&self) -> Option<&'a str> {
        self.text("aeg-output-event-id")
    }

    /// The value of a header, if it is text.
    pub(super) fn text(&self, name: &str) -> Option<&'a str> {
        core::str::from_utf8(self.get(name)?).ok().map(str::trim)
    }
}

/// Shows the names alone: values may be secrets.
impl fmt::Debug for DeliveryHeaders<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter().map(|(name, _)| name)).finish()
    }
}

#[cfg(test)]
mod tests {
    use std::format;

    use super::*;

    #[test]
    fn headers_are_found_in_any_case() {
        let headers = DeliveryHeaders::new(&[
            ("Aeg-Subscription-Name", b"BILLING"),
            ("AEG-DELIVERY-COUNT", b"3"),
            ("aeg-event-type", b"Notification"),
            ("aeg-metadata-version", b" 1 "),
            ("aeg-data-version", b"1.0"),
            ("aeg-output-event-id", b"7"),
            ("x-first", b"1"),
            ("X-First", b"2"),
        ]);
        assert_eq!(headers.subscription_name(), Some("BILLING"));
        assert_eq!(headers.delivery_count(), Some(3));
        assert_eq!(headers.event_type(), Some("Notification"));
        assert_eq!(headers.metadata_version(), Some("1"));
        assert_eq!(headers.data_version(), Some("1.0"));
        assert_eq!(headers.output_event_id(), Some("7"));
        assert_eq!(headers.get("x-FIRST"), Some(&b"1"[..]));
        assert_eq!(headers.get("x-second"), None);
    }

    #[test]
    fn what_makes_no_sense_counts_as_absent() {
        for count in [&b"-1"[..], b"many", b"4294967296", b"", b"\xff"] {
            let headers = [("aeg-delivery-count", count)];
            assert_eq!(DeliveryHeaders::new(&headers).delivery_count(), None);
        }
        assert_eq!(DeliveryHeaders::new(&[("aeg-subscription-name", b"\xff")]).subscription_name(), None);
    }

    #[test]
    fn debug_shows_no_values() {
        let headers: [(&str, &[u8]); 1] = [("authorization", b"hunter2")];
        let request =
            IncomingRequest { method: "POST", query: "code=hunter2", headers: &headers, body: b"hunter2" };
        let shown = format!("{request:?}");
        assert!(shown.contains("authorization") && !shown.contains("hunter2"), "{shown}");
    }
}
