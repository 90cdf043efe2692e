//! Which operation a method and a path ask for.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

use crate::observe;
use crate::role::Permission;
use crate::target::Target;
use crate::topic_id::TopicId;

/// What a request wants of which topic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::service) struct Route<'p> {
    pub(super) topic: Cow<'p, str>,
    pub(super) operation: Operation<'p>,
}

impl<'p> Route<'p> {
    /// Publishing to a topic.
    pub(in crate::service) fn publish(topic: &'p str) -> Self {
        Self { topic: topic.into(), operation: Operation::Publish }
    }
}

impl Route<'_> {
    /// The name of the topic, as the request spells it.
    pub(in crate::service) fn topic(&self) -> &str {
        &self.topic
    }

    /// Whether the operation reads the body of its request.
    pub(in crate::service) fn has_body(&self) -> bool {
        !matches!(self.operation, Operation::Receive(_))
    }
}

/// The operations of a namespace's data plane, with the name of the event subscription they are
/// about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Operation<'p> {
    /// `…/topics/{topic}:publish`
    Publish,
    /// `…/topics/{topic}/eventsubscriptions/{subscription}:receive`
    Receive(Cow<'p, str>),
    /// `…/topics/{topic}/eventsubscriptions/{subscription}:{settlement}`
    Settle(Cow<'p, str>, Settlement),
}

/// What is done with the events that lock tokens lock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Settlement {
    Acknowledge,
    Release,
    Reject,
    RenewLock,
}

impl Route<'_> {
    /// What it is about.
    pub(in crate::service) fn subject(&self) -> observe::Subject {
        use observe::Operation as Asked;
        let (operation, subscription) = match &self.operation {
            Operation::Publish => (Asked::Publish, None),
            Operation::Receive(name) => (Asked::Receive, Some(name)),
            Operation::Settle(name, settlement) => {
                let asked = match settlement {
                    Settlement::Acknowledge => Asked::Acknowledge,
                    Settlement::Release => Asked::Release,
                    Settlement::Reject => Asked::Reject,
                    Settlement::RenewLock => Asked::RenewLock,
                };
                (asked, Some(name))
            }
        };
        let subscription = subscription.map(|name| name.clone().into_owned());
        observe::Subject {
            operation,
            topic: Some(TopicId::text(Target::NamespaceTopic(&self.topic))),
            subscription,
        }
    }

    /// What its sender must be allowed to do.
    pub(in crate::service) fn permission(&self) -> Permission {
        match self.operation {
            Operation::Publish => Permission::Send,
            Operation::Receive(_) | Operation::Settle(..) => Permission::Receive,
        }
    }
}

/// Reads a path; `None` if it is none of a namespace's. Names are percent-decoded after the path
/// was split, so a name may hold any character.
pub(in crate::service) fn route(path: &str) -> Option<Route<'_>> {
    let mut segments = path.strip_prefix("/topics/")?.split('/');
    let first = segments.next()?;
    let Some(kind) = segments.next() else {
        let topic = name(first.strip_suffix(":publish")?)?;
        return Some(Route { topic, operation: Operation::Publish });
    };
    let (subscription, verb) = segments.next()?.rsplit_once(':')?;
    if kind != "eventsubscriptions" || segments.next().is_some() {
        return None;
    }
    Some(Route { topic: name(first)?, operation: of_subscription(name(subscription)?, verb)? })
}

fn of_subscription<'p>(name: Cow<'p, str>, verb: &str) -> Option<Operation<'p>> {
    Some(match verb {
        "receive" => Operation::Receive(name),
        "acknowledge" => Operation::Settle(name, Settlement::Acknowledge),
        "release" => Operation::Settle(name, Settlement::Release),
        "reject" => Operation::Settle(name, Settlement::Reject),
        "renewLock" => Operation::Settle(name, Settlement::RenewLock),
        _ => return None,
    })
}

/// A name, decoded; none if it is empty or not UTF-8.
fn name(segment: &str) -> Option<Cow<'_, str>> {
    percent_decode_str(segment).decode_utf8().ok().filter(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operation_is_found() {
        assert_eq!(route("/topics/orders:publish").unwrap().topic, "orders");
        for (verb, expected) in [
            ("receive", Operation::Receive("billing".into())),
            ("acknowledge", Operation::Settle("billing".into(), Settlement::Acknowledge)),
            ("release", Operation::Settle("billing".into(), Settlement::Release)),
            ("reject", Operation::Settle("billing".into(), Settlement::Reject)),
            ("renewLock", Operation::Settle("billing".into(), Settlement::RenewLock)),
        ] {
            let path = format!("/topics/orders/eventsubscriptions/billing:{verb}");
            let route = route(&path).unwrap();
            assert_eq!(route.topic, "orders");
            assert_eq!(route.operation, expected);
        }
    }

    #[test]
    fn names_are_decoded_after_the_path_was_split() {
        let path = "/topics/my%20topic%2F1/eventsubscriptions/s%3Areceive%E2%82%AC:receive";
        let route = route(path).unwrap();
        assert_eq!(route.topic, "my topic/1");
        assert_eq!(route.operation, Operation::Receive("s:receive€".into()));
    }

    #[test]
    fn everything_else_is_not_found() {
        for path in [
            "/",
            "*",
            "",
            "/topics/orders",
            "/topics/:publish",
            "/topics/orders%3Apublish",
            "/topics/orders:receive",
            "/topics/orders:publish/",
            "//topics/orders:publish",
            "/base/topics/orders:publish",
            "/api/events/topics/orders:publish",
            "/topics/orders/topics/orders:publish",
            "/topics/orders/eventsubscriptions/billing:receive/x",
            "/topics/x/topics/orders/eventsubscriptions/billing:receive",
            "topics/orders:publish",
            "/topics/%FF:publish",
            "/topics/t/eventsubscriptions/s:publish",
            "/topics/t/eventsubscriptions/s:renewlock",
            "/topics/t/eventSubscriptions/s:receive",
            "/topics//eventsubscriptions/s:receive",
            "/t/eventsubscriptions/s:receive",
            "/eventsubscriptions/s:receive",
        ] {
            assert_eq!(route(path), None, "{path}");
        }
    }
}
