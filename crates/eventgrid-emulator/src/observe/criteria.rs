//! Which requests of the journal somebody looks for.

use std::collections::BTreeMap;

use http::HeaderName;
use serde::Deserialize;

use super::journaled_request::{JournaledRequest, KEPT_HEADERS, is_kept};
use super::subject::{Operation, is_same};
use crate::topic_id::is_same_topic;

/// What requests of the journal must have to be found. Without any criterion all are.
///
/// ```
/// use eventgrid_emulator::{Operation, RequestCriteria};
///
/// let refused = RequestCriteria::new().operation(Operation::Publish).topic("orders").status(413);
/// let json = r#"{"operation":"publish","topic":"orders","status":413}"#;
/// assert_eq!(serde_json::from_str::<RequestCriteria>(json)?, refused);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[non_exhaustive]
pub struct RequestCriteria {
    /// What it asked for.
    pub operation: Option<Operation>,
    /// The topic that it was for, as the admin API names it: `orders` is one of the namespace,
    /// `basicTopic:invoices`, `domain:shops` and `partnerChannel:contoso:news` are others. Compared
    /// without case.
    pub topic: Option<String>,
    /// The event subscription that it was for. Compared without case.
    pub subscription: Option<String>,
    /// The status of its response.
    pub status: Option<u16>,
    /// The values of headers, by their names. Names are compared without case.
    pub headers: BTreeMap<String, String>,
    /// Text that its body contains.
    pub body_contains: Option<String>,
}

/// A header that the journal does not keep, so no request has it there.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "the journal does not keep the header {0:?}, which may hold a secret: ask for a header that begins with ce-, or \
     one of {kept}",
    kept = KEPT_HEADERS.join(", ")
)]
pub struct HeaderNotKept(String);

impl RequestCriteria {
    /// No criterion, so that every request is found.
    pub fn new() -> Self {
        Self::default()
    }

    /// Finds requests that ask for that.
    #[must_use]
    pub fn operation(mut self, operation: Operation) -> Self {
        self.operation = Some(operation);
        self
    }

    /// Finds requests for that topic of the namespace, or for what is at that path, such as
    /// `/invoices/api/events`.
    #[must_use]
    pub fn topic(mut self, topic: impl Into<String>) -> Self {
        self.topic = Some(topic.into());
        self
    }

    /// Finds requests for an event subscription of that name.
    #[must_use]
    pub fn subscription(mut self, subscription: impl Into<String>) -> Self {
        self.subscription = Some(subscription.into());
        self
    }

    /// Finds requests whose response has that status.
    #[must_use]
    pub fn status(mut self, status: u16) -> Self {
        self.status = Some(status);
        self
    }

    /// Finds requests with that header. If it is called several times, requests must have all of
    /// the headers.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.insert(name.into(), value.into());
        self
    }

    /// Finds requests whose body contains that text.
    #[must_use]
    pub fn body_contains(mut self, text: impl Into<String>) -> Self {
        self.body_contains = Some(text.into());
        self
    }

    /// Checks that the journal keeps the headers of the criteria.
    ///
    /// # Errors
    /// [`HeaderNotKept`], if a header is asked for that it leaves out.
    pub fn check(&self) -> Result<(), HeaderNotKept> {
        let is_known = |name: &&String| name.parse().is_ok_and(|name: HeaderName| is_kept(&name));
        match self.headers.keys().find(|name| !is_known(name)) {
            Some(name) => Err(HeaderNotKept(name.clone())),
            None => Ok(()),
        }
    }

    /// Whether a request has all that is asked for.
    pub(super) fn is_met_by(&self, request: &JournaledRequest) -> bool {
        self.operation.is_none_or(|operation| operation == request.operation)
            && is_same_topic(self.topic.as_deref(), request.topic.as_deref())
            && is_same(self.subscription.as_deref(), request.subscription.as_deref())
            && self.status.is_none_or(|status| request.status == Some(status))
            && self.headers.iter().all(|(name, value)| has_header(request, name, value))
            && self.body_contains.as_ref().is_none_or(|text| contains(&request.body, text.as_bytes()))
    }
}

fn has_header(request: &JournaledRequest, name: &str, value: &str) -> bool {
    request.headers.get_all(name).iter().any(|other| other.as_bytes() == value.as_bytes())
}

fn contains(body: &[u8], text: &[u8]) -> bool {
    text.is_empty() || body.windows(text.len()).any(|window| window == text)
}
