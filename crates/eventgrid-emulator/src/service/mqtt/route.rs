//! Which operation of the broker a path asks for, and for which topic.

use super::query::percent_decoded;
use crate::observe::{Operation, Subject};
use crate::role::Permission;

/// What a request wants of the broker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::service) struct MqttRoute {
    pub(super) operation: MqttOperation,
    /// The topic or the filter of topics, as far as one can be read.
    topic: Option<String>,
}

/// The operations of the broker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum MqttOperation {
    /// `/mqtt/messages`
    Publish,
    /// `/mqtt/retainedMessages/message`
    GetRetained,
    /// `/mqtt/retainedMessages`
    ListRetained,
}

impl MqttOperation {
    /// The parameter of the query that says which topics.
    fn topic_parameter(self) -> &'static str {
        match self {
            Self::Publish | Self::GetRetained => "topic",
            Self::ListRetained => "topicFilter",
        }
    }
}

/// Reads a path; `None` if it is none of the broker's. They are compared with case, as all are.
pub(in crate::service) fn route(path: &str, query: Option<&str>) -> Option<MqttRoute> {
    let operation = match path {
        "/mqtt/messages" => MqttOperation::Publish,
        "/mqtt/retainedMessages/message" => MqttOperation::GetRetained,
        "/mqtt/retainedMessages" => MqttOperation::ListRetained,
        _ => return None,
    };
    let topic = percent_decoded(query.unwrap_or_default(), operation.topic_parameter());
    Some(MqttRoute { operation, topic: topic.and_then(Result::ok) })
}

impl MqttRoute {
    /// Whether the operation reads the body of its request.
    pub(in crate::service) fn has_body(&self) -> bool {
        self.operation == MqttOperation::Publish
    }

    /// What its sender must be allowed to do.
    pub(in crate::service) fn permission(&self) -> Permission {
        match self.operation {
            MqttOperation::Publish => Permission::PublishMessages,
            MqttOperation::GetRetained | MqttOperation::ListRetained => Permission::ReadMessages,
        }
    }

    /// What it is about.
    pub(in crate::service) fn subject(&self) -> Subject {
        let operation = match self.operation {
            MqttOperation::Publish => Operation::PublishMessage,
            MqttOperation::GetRetained => Operation::GetRetainedMessage,
            MqttOperation::ListRetained => Operation::ListRetainedMessages,
        };
        let topic = self.topic.as_ref().map(|topic| format!("mqtt:{topic}"));
        Subject { operation, topic, subscription: None }
    }
}
