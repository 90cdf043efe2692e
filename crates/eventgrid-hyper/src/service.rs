//! Any service of HTTP in place of the connections.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;

use eventgrid::Request as EventGridRequest;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full};
use hyper::body::{Body, Bytes};
use hyper::header::HeaderMap;
use hyper::{Request, Response};
use tokio::time::timeout;
use tower_service::Service;

use crate::connection::{Limits, Moved, Progress, Report, Scratch, Source, Target, Timer, uri};
use crate::error::{BeforeSending, Cause, Error};

/// The body of a request, as a service is given it.
pub type RequestBody = Full<Bytes>;

type ResponseBody = UnsyncBoxBody<Bytes, Cause>;
type Responding = Pin<Box<dyn Future<Output = Result<Response<ResponseBody>, Cause>> + Send>>;

/// A service whose type is forgotten.
#[derive(Clone)]
pub(crate) struct AnyService(Arc<dyn Fn(Request<RequestBody>) -> Responding + Send + Sync>);

impl AnyService {
    pub(crate) fn new<S, B>(service: S) -> Self
    where
        S: Service<Request<RequestBody>, Response = Response<B>> + Clone + Send + Sync + 'static,
        S::Error: Into<Cause>,
        S::Future: Send,
        B: Body<Data = Bytes> + Send + 'static,
        B::Error: Into<Cause>,
    {
        Self(Arc::new(move |request| {
            let mut service = service.clone();
            Box::pin(async move {
                let ready = poll_fn(|context| service.poll_ready(context)).await;
                ready.map_err(BeforeSending::connecting)?;
                let response = service.call(request).await.map_err(Into::into)?;
                Ok(response.map(|body| body.map_err(Into::into).boxed_unsync()))
            })
        }))
    }

    /// Sends the request and awaits the head of the response. When a service has sent a request is
    /// not known: the time for the response begins at once.
    pub(crate) async fn send(
        &self,
        request: &EventGridRequest<'_>,
        limits: Limits,
        report: &mut Report,
    ) -> Result<ServiceResponse, Error> {
        let target = Target::new(request, uri(request)?)?;
        let message = Scratch::default().prepare(request, &target)?.map(Full::new);
        let responding = timeout(limits.response, (self.0)(message));
        let response = responding.await.map_err(|_| Error::timeout())?.map_err(Error::from_exchange)?;
        report.sent = request.body().len() as u64;
        report.has_begun();
        let mut progress = Progress::sending(limits);
        progress.read_body();
        Ok(ServiceResponse { response, moves: 0, bytes: 0, progress, timer: Timer::default() })
    }
}

/// The response of a service, whose body is still to be read.
pub(crate) struct ServiceResponse {
    response: Response<ResponseBody>,
    /// How many frames were read of the body, and how many bytes.
    moves: u64,
    bytes: u64,
    progress: Progress,
    timer: Timer,
}

impl Source for ServiceResponse {
    fn status(&self) -> u16 {
        self.response.status().as_u16()
    }

    fn headers(&self) -> &HeaderMap {
        self.response.headers()
    }

    fn least_length(&self) -> u64 {
        self.response.body().size_hint().lower()
    }

    async fn read(&mut self) -> Result<Option<Bytes>, Error> {
        poll_fn(|context| {
            while let Poll::Ready(frame) = Pin::new(self.response.body_mut()).poll_frame(context) {
                self.moves += 1;
                let Some(frame) = frame else { return Poll::Ready(Ok(None)) };
                if let Ok(piece) = frame.map_err(Error::from_exchange)?.into_data() {
                    self.bytes += piece.len() as u64;
                    return Poll::Ready(Ok(Some(piece)));
                }
            }
            let moved = Moved { moves: self.moves, bytes: self.bytes, is_sent: true };
            let too_late = self.progress.poll_too_late(moved, &mut self.timer, context);
            too_late.map(|()| Err(Error::timeout()))
        })
        .await
    }
}
