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
                "check where the key comes from: --key-file, --key-env, --key-command, EVENTGRID_KEY \
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

impl<T: TransportError + StdError + 'static> From<Error<'_, T>> for Failure {
    fn from(error: Error<'_, T>) -> Self {
        let kind = FailureKind::of_call(&error);
        let failure = Self::new(kind, super::one_line(&error.to_string()));
        let failure = match error.source() {
            Some(cause) => failure.caused_by(cause),
            None => failure,
        };
        match kind.advice() {
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
