//! What the suite runs against.

use std::fmt;
use std::sync::Arc;

use eventgrid::with_causes;
use eventgrid_transport::{Open, ReadBody, Request, Response, Transport, TransportError, TransportErrorKind};

use crate::options::Options;

/// Makes an adapter with the options of a row. Each row calls it once or a few times.
pub type Adapter = fn(&Options) -> Subject;

/// A transport under test.
///
/// [`subject`] makes one from a blocking transport. For an async adapter, write a blocking
/// transport around it whose `send` and `close` block on its futures.
#[derive(Clone)]
pub struct Subject {
    transport: Arc<dyn Transport<Error = Failure> + Send + Sync>,
    open: Option<Arc<dyn OpenReported + Send + Sync>>,
}

/// Makes a [`Subject`] from a blocking transport. Its errors are recorded as [`Failure`]s.
pub fn subject<T: Transport + Send + Sync + 'static>(transport: T) -> Subject {
    Subject { transport: Arc::new(Reported(transport)), open: None }
}

/// Makes a [`Subject`] from a blocking transport whose responses can be read in pieces. The rows of
/// [`Part::Open`](crate::Part::Open) need it.
pub fn open_subject<T: Open + Send + Sync + 'static>(transport: T) -> Subject {
    let transport = Arc::new(Reported(transport));
    Subject { transport: transport.clone(), open: Some(transport) }
}

impl Subject {
    /// Opens a response that is read in pieces.
    pub(crate) fn open(
        &self,
        request: &Request<'_>,
        response: &mut Response<'_>,
    ) -> Result<Box<dyn ReadBody<Error = Failure> + '_>, Failure> {
        let open = self.open.as_deref();
        let open = open.expect("a subject made by `open_subject`, unless `Part::Open` is left out");
        open.open(request, response)
    }
}

impl Transport for Subject {
    type Error = Failure;

    fn send(&self, request: &Request<'_>, response: &mut Response<'_>) -> Result<(), Failure> {
        self.transport.send(request, response)
    }

    fn close(&self) {
        self.transport.close();
    }
}

impl fmt::Debug for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Subject").field("is_open", &self.open.is_some()).finish_non_exhaustive()
    }
}

/// A transport, or a body, whose errors are recorded.
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

trait OpenReported {
    fn open(
        &self,
        request: &Request<'_>,
        response: &mut Response<'_>,
    ) -> Result<Box<dyn ReadBody<Error = Failure> + '_>, Failure>;
}

impl<T: Open> OpenReported for Reported<T> {
    fn open(
        &self,
        request: &Request<'_>,
        response: &mut Response<'_>,
    ) -> Result<Box<dyn ReadBody<Error = Failure> + '_>, Failure> {
        let body = self.0.open(request, response).map_err(|error| Failure::new(&error))?;
        Ok(Box::new(Reported(body)))
    }
}

impl<B: ReadBody<Error: TransportError>> ReadBody for Reported<B> {
    type Error = Failure;

    fn read(&mut self, room: &mut [u8]) -> Result<usize, Failure> {
        self.0.read(room).map_err(|error| Failure::new(&error))
    }
}

/// The content of an adapter's error: its kind, whether the request may have been sent, and its
/// text with those of its causes.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{text}")]
pub struct Failure {
    kind: TransportErrorKind,
    may_have_been_sent: bool,
    text: String,
}

impl Failure {
    /// Records the content of an error, including its causes. An adapter that cannot leave its
    /// thread passes this on instead of its error.
    pub fn new(error: &impl TransportError) -> Self {
        let text = with_causes(error).to_string();
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
