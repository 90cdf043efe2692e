//! Failures that come from calls to the service.

use std::error::Error as StdError;

use eventgrid::{Error, InvalidTarget, RequestError, TransportError};

use super::{Failure, FailureKind};

impl FailureKind {
    /// The kind of a call's error.
    pub(crate) fn of_call<T: TransportError>(error: &Error<'_, T>) -> Self {
        match error {
            Error::Request(_) => Self::Usage,
            Error::Credential { .. } => Self::Authentication,
            Error::Transport { .. } => Self::Network,
            Error::Service(error) => match error.status() {
                401 | 403 => Self::Authentication,
                404 => Self::NotFound,
                429 => Self::Throttled,
                _ => Self::Service,
            },
            _ => Self::Service,
        }
    }

    /// What to do about it, where that is the same for every command.
    pub(crate) fn advice(self) -> Option<&'static str> {
        match self {
            Self::Authentication => Some(
                "check where the key comes from: --key-file, --key-env, --key-command, --entra-id, EVENTGRID_KEY \
                 or the context (`egrid context list`)",
            ),
            Self::NotFound => Some(
                "check --endpoint, --topic and --subscription; an endpoint that is not a namespace's \
                 needs --kind basic, domain or partner",
            ),
            Self::Throttled => Some("send less at once, or wait and repeat the command"),
            Self::Network => {
                Some("check the endpoint, the network, and the variables https_proxy and SSL_CERT_FILE")
            }
            _ => None,
        }
    }
}

/// An error's text with arguments of this program in place of names that the library has.
pub(crate) fn in_words_of_arguments(text: &str) -> String {
    const WORDS: [(&str, &str); 10] = [
        (
            "pass one by a `BearerToken` or an `AsyncBearerToken`",
            "give one by --key-command or --entra-id (it is told apart from a key by its form, eyJ...)",
        ),
        ("pass it as a `SasToken`", "give the access key itself"),
        ("by `root_certificates`, or by the environment variable", "by the environment variable"),
        ("`allow_plain_http`", "--allow-plain-http"),
        ("use `for_domain_topic`", "name one by --domain-topic"),
        ("use `BasicTopic`, `Domain` or `PartnerChannel`", "use --kind basic, domain or partner"),
        ("use `NamespaceTopic`", "use --kind namespace"),
        ("wants `BasicTopic`", "needs --kind basic"),
        ("wants `NamespaceTopic`", "needs --kind namespace"),
        // Only an interruption of this program shuts the transport down.
        ("the transport was shut down, which is final: make a new one", "the request was interrupted"),
    ];
    WORDS.iter().fold(text.to_owned(), |text, (name, argument)| text.replace(name, argument))
}

/// What to do where the service says that an event subscription delivers by push.
pub(crate) fn push_advice(message: &str) -> Option<&'static str> {
    message.contains("delivery mode Push").then_some(
        "the event subscription pushes its events, so none can be received: name one by --subscription whose \
         delivery mode is Queue",
    )
}

/// Whether the service would refuse the same request again and again.
pub(crate) fn is_refusal<T: TransportError>(error: &Error<'_, T>) -> bool {
    !error.is_retryable() && error.status().is_some_and(|status| (400..500).contains(&status))
}

impl<T: TransportError + StdError + 'static> From<Error<'_, T>> for Failure {
    fn from(error: Error<'_, T>) -> Self {
        let kind = FailureKind::of_call(&error);
        let message = super::one_line(&error.to_string());
        let advice = push_advice(&message).or(kind.advice());
        let failure = Self::new(kind, message);
        let failure = match error.source() {
            Some(cause) => failure.caused_by(cause),
            None => failure,
        };
        match advice {
            Some(advice) => failure.advice(advice),
            None => failure,
        }
    }
}

impl From<RequestError> for Failure {
    fn from(error: RequestError) -> Self {
        Self::usage("the request cannot be sent").caused_by(&error)
    }
}

impl From<InvalidTarget> for Failure {
    fn from(error: InvalidTarget) -> Self {
        Self::usage("the endpoint or a name is not valid").caused_by(&error)
    }
}

#[cfg(test)]
mod tests {
    use eventgrid::CredentialError;
    use eventgrid::credential::CredentialKind;

    use super::*;

    #[test]
    fn advice_names_arguments_and_not_the_library() {
        let text = Failure::from(RequestError::PlainHttp).to_string();
        assert!(text.contains("allow it by --allow-plain-http"), "{text}");
        let key = CredentialError::TokenOnly(CredentialKind::AccessKey).to_string();
        assert!(
            in_words_of_arguments(&key).contains("give one by --key-command or --entra-id (it is"),
            "{key}"
        );
        let domain = eventgrid::event::InvalidEvent::NoDomainTopic.to_string();
        assert!(in_words_of_arguments(&domain).ends_with("name one by --domain-topic"), "{domain}");
        let basic = InvalidTarget::BasicEndpoint.to_string();
        assert!(in_words_of_arguments(&basic).contains("use --kind basic, domain or partner"), "{basic}");
        let namespace = InvalidTarget::NamespaceEndpoint.to_string();
        assert!(in_words_of_arguments(&namespace).contains("use --kind namespace"), "{namespace}");
        let text = in_words_of_arguments("(that of a basic topic wants `BasicTopic`)");
        assert_eq!(text, "(that of a basic topic needs --kind basic)");
    }
}
