//! Receiving and settling within scenarios, so that none leaves an event behind.

use eventgrid::RawRequest;

use crate::AnyError;
use crate::event::event;
use crate::namespace::Namespace;
use crate::response::{Delivered, Observed};

/// Acknowledge, release, reject, renew: `action` is the word of the path.
pub(crate) fn settle(namespace: &Namespace, action: &str, tokens: &[&str]) -> Result<Observed, AnyError> {
    settle_with(namespace, action, tokens, None)
}

/// The same, with a parameter of the query.
pub(crate) fn settle_with(
    namespace: &Namespace,
    action: &str,
    tokens: &[&str],
    query: Option<(&str, &str)>,
) -> Result<Observed, AnyError> {
    let path = namespace.subscription_path(action);
    let body = serde_json::json!({ "lockTokens": tokens }).to_string();
    let mut request =
        RawRequest::new("POST", &path).header("content-type", "application/json").body(body.as_bytes());
    if let Some((name, value)) = query {
        request = request.query(name, value);
    }
    namespace.send(&request)
}

/// What was published before, received and acknowledged. A last event is published and waited for,
/// so that nobody waits for events that were refused.
pub(crate) fn drain(namespace: &Namespace) -> Result<Vec<Delivered>, AnyError> {
    const LAST: &str = "last";
    let response = namespace.publish(&event(namespace, LAST, ""))?;
    if !response.is_success() {
        return Err(format!("an event that is beyond doubt was not accepted: {}", response.line()).into());
    }
    let mut drained = Vec::new();
    for _ in 0..20 {
        let batch = namespace.receive(100)?;
        let (own, others): (Vec<_>, Vec<_>) =
            batch.into_iter().partition(|delivered| delivered.is_of(&namespace.source()));
        if let Some(other) = others.first() {
            settle(namespace, "release", &tokens(&others))?;
            settle(namespace, "acknowledge", &tokens(&own))?;
            return Err(format!(
                "the event subscription has events of others, such as {:?}: they were released; use a subscription for \
                 this comparison alone",
                other.id()
            )
            .into());
        }
        if !own.is_empty() {
            settle(namespace, "acknowledge", &tokens(&own))?;
        }
        let is_last = own.iter().any(|delivered| delivered.id() == LAST);
        drained.extend(own.into_iter().filter(|delivered| delivered.id() != LAST));
        if is_last {
            return Ok(drained);
        }
    }
    Err("an event that was published did not arrive in 20 receives".into())
}

fn tokens(events: &[Delivered]) -> Vec<&str> {
    events.iter().map(|delivered| delivered.broker_properties.lock_token.as_str()).collect()
}

/// Publishes an event and receives it: its lock is held.
pub(crate) fn hold(namespace: &Namespace, id: &str) -> Result<Delivered, AnyError> {
    namespace.publish(&event(namespace, id, ""))?;
    for _ in 0..20 {
        for delivered in namespace.receive(1)? {
            if delivered.is_of(&namespace.source()) && delivered.id() == id {
                return Ok(delivered);
            }
            settle(namespace, "acknowledge", &[&delivered.broker_properties.lock_token])?;
        }
    }
    Err(format!("event {id:?} did not arrive in 20 receives").into())
}
