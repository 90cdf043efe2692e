//! An HTTP server on the thread of its caller.

use std::convert::Infallible;
use std::pin::pin;
use std::rc::Rc;
use std::time::Duration;

use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::http::request::Parts;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::TcpListener;
use tokio::task::spawn_local;
use tokio::time::{sleep, timeout};

/// More than a delivery has: at most 1 MB.
const MAX_BODY: usize = 2 * 1024 * 1024;

/// How long responses may still take after the end.
const ENDING: Duration = Duration::from_secs(1);

/// How long to wait when no connection can be accepted: files may be short.
const PAUSE: Duration = Duration::from_millis(100);

/// Hands each request to `handle` with its whole body, until `end` is ready. What is under way then
/// has a second. Within a `LocalSet`.
pub(super) async fn serve<H, R>(listener: &TcpListener, handle: H, end: impl Future<Output = ()>)
where
    H: Fn(Parts, Bytes) -> R + 'static,
    R: Future<Output = Response<Full<Bytes>>> + 'static,
{
    let handle = Rc::new(handle);
    let connections = GracefulShutdown::new();
    let mut end = pin!(end);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut end => break,
        };
        let Ok((stream, _)) = accepted else {
            sleep(PAUSE).await;
            continue;
        };
        let handle = Rc::clone(&handle);
        let service = service_fn(move |request| respond(Rc::clone(&handle), request));
        let mut server = http1::Builder::new();
        let connection = server.timer(TokioTimer::new()).serve_connection(TokioIo::new(stream), service);
        let connection = connections.watch(connection);
        // What can fail here is the sender's connection, and that is the sender's to notice.
        spawn_local(async move { drop(connection.await) });
    }
    // Who is not done by then delivers again.
    let _ = timeout(ENDING, connections.shutdown()).await;
}

async fn respond<H, R>(handle: Rc<H>, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible>
where
    H: Fn(Parts, Bytes) -> R,
    R: Future<Output = Response<Full<Bytes>>>,
{
    let (head, body) = request.into_parts();
    Ok(match Limited::new(body, MAX_BODY).collect().await {
        Ok(body) => handle(head, body.to_bytes()).await,
        Err(error) if error.is::<LengthLimitError>() => {
            refuse(StatusCode::PAYLOAD_TOO_LARGE, &format!("the body has more than {MAX_BODY} bytes"))
        }
        Err(_) => refuse(StatusCode::BAD_REQUEST, "the body was cut off"),
    })
}

/// An empty response to what is not handled, and why that is so on stderr.
fn refuse(status: StatusCode, reason: &str) -> Response<Full<Bytes>> {
    message!("refused: {reason}");
    let mut response = Response::new(Full::default());
    *response.status_mut() = status;
    response
}
