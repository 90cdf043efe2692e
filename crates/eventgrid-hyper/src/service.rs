//! Any service of HTTP as the bottom.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;

use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full};
use hyper::body::{Body, Bytes};
use hyper::{Request, Response};
use tower_service::Service;

use crate::error::{BeforeSending, Cause};

/// The body of a request, as a service is given it.
pub type RequestBody = Full<Bytes>;

type ResponseBody = UnsyncBoxBody<Bytes, Cause>;
type Answering = Pin<Box<dyn Future<Output = Result<Response<ResponseBody>, Cause>> + Send>>;

/// A service whose type is forgotten.
#[derive(Clone)]
pub(crate) struct AnyService(Arc<dyn Fn(Request<RequestBody>) -> Answering + Send + Sync>);

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

    pub(crate) async fn request(
        &self,
        request: Request<RequestBody>,
    ) -> Result<Response<ResponseBody>, Cause> {
        (self.0)(request).await
    }
}
