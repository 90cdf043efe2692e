//! Bodies that are not what their head says, or larger than the buffer for them.

use eventgrid::TransportErrorKind::{Interrupted, Other};

use super::expected::{Expected, Report};
use super::stage::{SUCCESS, response, success};
use super::{Fault, Stage};
use crate::server::Script;
use crate::transport::LARGE;

/// How much of a response's body is taken.
const LIMIT: usize = 2000;

const GZIP: &str = "Content-Encoding: gzip\r\n";

const BAD_GATEWAY: Expected = Expected::failed(502, "the service failed (status 502)");
const TOO_LARGE: Expected = Expected::refused(
    413,
    "the request is too large for the service: send fewer or smaller events (status 413)",
);

pub(super) const FAULTS: &[Fault] = &[
    Fault::in_the_body(
        "longer_length",
        "the body is shorter than its `Content-Length`",
        Interrupted,
        |attempts| Stage::breaking(attempts, &Script::new().respond(with_length(SUCCESS.len() + 1)).close()),
    ),
    Fault {
        // A publish does not read the body.
        publish: Expected::DONE,
        ..Fault::new(
            "shorter_length",
            "the body is longer than its `Content-Length`",
            Expected::unreadable(Report::Decode),
            |attempts| {
                Stage::breaking(attempts, &Script::new().respond(with_length(SUCCESS.len() - 1)).close())
            },
        )
    },
    Fault::new(
        "garbled_chunks",
        "the body should be chunked, but is garbage",
        Expected::unreadable(Report::Transport(Other)),
        |attempts| {
            let response = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n";
            Stage::breaking(attempts, &Script::new().respond(response).close())
        },
    ),
    Fault {
        // A publish does not read the body.
        publish: Expected::DONE,
        receive: Some(Expected::unreadable(Report::BatchTooLarge)),
        ..Fault::new(
            "endless",
            "the body of a success does not end",
            Expected::unreadable(Report::ResponseTooLarge),
            |attempts| {
                let head = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n";
                Stage::breaking(attempts, &Script::new().respond(head).endless("x".repeat(1000)))
                    .body_limit(LIMIT)
            },
        )
    },
    Fault::new("endless_error_page", "the body of an error does not end", BAD_GATEWAY, |attempts| {
        let head = "HTTP/1.1 502 Bad Gateway\r\nConnection: close\r\n\r\n";
        Stage::breaking(attempts, &Script::new().respond(head).endless("<html>".repeat(200)))
            .body_limit(LIMIT)
    }),
    Fault::new("large_error_page", "an error page is larger than its buffer", BAD_GATEWAY, |attempts| {
        let page = response(502, "", &"<html><h1>Bad Gateway</h1>".repeat(1000));
        Stage::breaking(attempts, &Script::new().respond(page).close()).body_limit(LIMIT)
    }),
    Fault::new(
        "compressed_error_page",
        "an error page is compressed, which was not asked for",
        BAD_GATEWAY,
        |attempts| Stage::responding(attempts, response(502, GZIP, "\u{1f}page")),
    ),
    Fault::new(
        "compressed_success",
        "a success is compressed, which was not asked for",
        Expected::unreadable(Report::Transport(Other)),
        |attempts| Stage::breaking(attempts, &Script::new().respond(response(200, GZIP, "\u{1f}page"))),
    ),
    Fault {
        receive: None,
        settle: None,
        ..Fault::new(
            "early_refusal",
            "the service refuses a large request with 413 before it is sent, and closes the connection",
            TOO_LARGE,
            |attempts| {
                let script = Script::new().head().write(response(413, "Connection: close\r\n", "")).close();
                Stage::breaking(attempts, &script).data(LARGE)
            },
        )
    },
];

/// A success that says so of the length of its body.
fn with_length(length: usize) -> String {
    let honest = format!("Content-Length: {}", SUCCESS.len());
    success().replace(&honest, &format!("Content-Length: {length}"))
}
