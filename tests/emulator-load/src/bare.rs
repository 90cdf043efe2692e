//! A server that reads the body and responds with a constant: the cost of HTTP alone.

use std::convert::Infallible;
use std::net::{SocketAddr, TcpListener};
use std::thread;

use http_body_util::{BodyExt, Full};
use hyper::Response;
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::runtime::Builder;

pub(crate) const THREAD: &str = "bare";

/// Starts one on a thread of its own, which ends with the program.
pub(crate) fn start() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    listener.set_nonblocking(true).expect("it can be");
    let address = listener.local_addr().expect("it listens");
    let runtime = Builder::new_current_thread().enable_io().build().expect("a runtime");
    let serve = move || {
        runtime.block_on(async {
            let listener = tokio::net::TcpListener::from_std(listener).expect("the runtime has I/O");
            while let Ok((stream, _)) = listener.accept().await {
                let _ = stream.set_nodelay(true);
                let connection =
                    http1::Builder::new().serve_connection(TokioIo::new(stream), service_fn(respond));
                tokio::spawn(connection);
            }
        });
    };
    thread::Builder::new().name(THREAD.to_owned()).spawn(serve).expect("a thread");
    address
}

async fn respond(request: hyper::Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    let _ = request.into_body().collect().await;
    let response = Response::builder().header("content-type", "application/json");
    Ok(response.body(Full::new(Bytes::from_static(b"{}"))).expect("it is valid"))
}
