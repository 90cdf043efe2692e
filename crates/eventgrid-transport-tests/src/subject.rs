//! What the suite runs against.

use std::sync::Arc;

use eventgrid_transport::{Request, Response, Transport, TransportError, TransportErrorKind};

/// A transport under test.
///
/// [`subject`] makes one of a blocking transport. An async adapter becomes one by a blocking
/// transport around it, whose `send` and `close` block on its futures.
pub type Subject = Arc<dyn Transport<Error = Failure> + Send + Sync>;

/// Makes a blocking transport a [`Subject`], whose errors are taken down as [`Failure`]s.
pub fn subject<T: Transport + Send + Sync + 'static>(transport: T) -> Subject {
    Arc::new(Reported(transport))
}

struct Reported<T>(T);

impl<T: Transport> Transport for Reported<T> {
    type Error = Failure;

    fn send(&self, request: &Request<'_>, response: &mut Response<'_>) -> Result<(), Failure> {
        self.0.send(request, response).map_err(|error| Failure::new(&error))
    }

    fn close(&self) {
        self.0.close();
    }
}

/// What an adapter's error says: its kind, whether the request may have been sent, and its text
/// with those of its causes.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{text}")]
pub struct Failure {
    kind: TransportErrorKind,
    may_have_been_sent: bool,
    text: String,
}

impl Failure {
    /// Takes down what an error says, its causes included. An adapter that cannot leave its thread
    /// passes this on instead of its error.
    pub fn new(error: &impl TransportError) -> Self {
        let mut text = error.to_string();
        let mut source = error.source();
        while let Some(cause) = source {
            text.push_str(": ");
            text.push_str(&cause.to_string());
            source = cause.source();
        }
        Self { kind: error.kind(), may_have_been_sent: error.may_have_been_sent(), text }
    }
}

impl TransportError for Failure {
    fn kind(&self) -> TransportErrorKind {
        self.kind
    }

    fn may_have_been_sent(&self) -> bool {
        self.may_have_been_sent
    }
}
