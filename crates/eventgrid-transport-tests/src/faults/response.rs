//! Responses that break off, and what is no response.

use std::time::Duration;

use eventgrid::TransportErrorKind::{Interrupted, Other};

use super::expected::{Expected, Report};
use super::{Fault, Stage};
use crate::server::Script;

const LOST: Expected = Expected::lost(Interrupted);
const NO_RESPONSE: Expected = Expected::unreadable(Report::Transport(Other));

/// How long a server waits, so that what it sent was read before a reset: some network stacks drop
/// the rest then.
const UNTIL_READ: Duration = Duration::from_millis(100);

const HALF_A_HEAD: &str = "HTTP/1.1 200 OK\r\nContent-Le";
const HALF_A_RESPONSE: &str = "HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n{\"value\"";

pub(super) const FAULTS: &[Fault] = &[
    Fault::new("closed_before_the_head", "the connection is closed before the response", LOST, |attempts| {
        Stage::breaking(attempts, &Script::new().request().close())
    }),
    Fault::new("reset_before_the_head", "the connection is reset before the response", LOST, |attempts| {
        Stage::breaking(attempts, &Script::new().request().reset())
    }),
    Fault::new(
        "closed_in_the_head",
        "the connection is closed in the head of the response",
        LOST,
        |attempts| Stage::breaking(attempts, &Script::new().respond(HALF_A_HEAD).close()),
    ),
    Fault::new(
        "reset_in_the_head",
        "the connection is reset in the head of the response",
        LOST,
        |attempts| Stage::breaking(attempts, &Script::new().respond(HALF_A_HEAD).reset()),
    ),
    Fault::in_the_body(
        "closed_in_the_body",
        "half a response: the connection is closed in the body",
        Interrupted,
        |attempts| Stage::breaking(attempts, &Script::new().respond(HALF_A_RESPONSE).close()),
    ),
    Fault::in_the_body("reset_in_the_body", "the connection is reset in the body", Interrupted, |attempts| {
        Stage::breaking(attempts, &Script::new().respond(HALF_A_RESPONSE).sleep(UNTIL_READ).reset())
    }),
    Fault::new("not_http", "the response is not HTTP", NO_RESPONSE, |attempts| {
        Stage::breaking(attempts, &Script::new().respond("SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n\r\n").close())
    }),
    Fault::new("large_header", "a header of the response is a megabyte long", NO_RESPONSE, |attempts| {
        let head = format!("HTTP/1.1 200 OK\r\nX-Large: {}\r\n", "x".repeat(1 << 20));
        Stage::breaking(attempts, &Script::new().respond(head).close())
    }),
];
