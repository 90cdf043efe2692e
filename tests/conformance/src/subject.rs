//! What the suite runs against.

use std::sync::Arc;

use eventgrid::{Request, Response, Transport, TransportError, TransportErrorKind};

/// A transport under test. An asynchronous adapter becomes one by a `send` that blocks on its future.
pub type Subject = Arc<dyn Transport<Error = Failure> + Send + Sync>;

/// Makes a blocking transport a subject.
pub fn subject<T: Transport + Send + Sync + 'static>(transport: T) -> Subject {
    Arc::new(Reported(transport))
}

struct Reported<T>(T);

impl<T: Transport> Transport for Reported<T> {
    type Error = Failure;

    fn send(&self, request: &Request<'_>, response: &mut Response<'_>) -> Result<(), Failure> {
        self.0.send(request, response).map_err(|error| Failure::new(&error))
    }
}

/// What an adapter's error says.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{text}")]
pub struct Failure {
    kind: TransportErrorKind,
    may_have_been_sent: bool,
    text: String,
}

impl Failure {
    /// Takes down what an error says, its causes included.
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
