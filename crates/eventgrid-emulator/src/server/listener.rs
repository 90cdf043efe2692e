//! Accepting connections.

use std::io;
use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use hyper_util::server::graceful::GracefulShutdown;

use super::connection::{self, Handler};
use crate::stderr::say;

/// How long to wait before accepting again after that failed, say for want of file descriptors.
const PAUSE: Duration = Duration::from_millis(50);

/// Accepts connections until it is dropped.
pub(super) async fn accept(listener: TcpListener, handler: Handler, connections: Arc<GracefulShutdown>) {
    let listener = tokio::net::TcpListener::from_std(listener).expect("the runtime has I/O");
    let mut was_told = false;
    loop {
        match listener.accept().await {
            Ok((stream, _)) => connection::spawn(stream, &handler, &connections),
            // The client's end of it, and none of the server's concern.
            Err(error) if is_of_the_connection(&error) => {}
            Err(error) => {
                if !was_told {
                    was_told = true;
                    say(format_args!(
                        "cannot accept connections: {error}; new ones wait until others end. If there \
                         are too many open files, raise the limit (`ulimit -n`) or close connections."
                    ));
                }
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

fn is_of_the_connection(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset | io::ErrorKind::Interrupted
    )
}
