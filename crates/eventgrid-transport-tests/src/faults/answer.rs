//! Answers that break off, and what is no answer.

use eventgrid::TransportErrorKind::{Interrupted, Other};

use super::expected::{Expected, Report};
use super::{Fault, Stage};
use crate::server::Script;

const LOST: Expected = Expected::lost(Interrupted);
const NO_ANSWER: Expected = Expected::unreadable(Report::Transport(Other));

const HALF_A_HEAD: &str = "HTTP/1.1 200 OK\r\nContent-Le";
const HALF_AN_ANSWER: &str = "HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n{\"value\"";

pub(super) const FAULTS: &[Fault] = &[
    Fault::new("closed_before_the_head", "the connection is closed before the answer", LOST, |tries| {
        Stage::breaking(tries, &Script::new().request().close())
    }),
    Fault::new("reset_before_the_head", "it is reset before the answer", LOST, |tries| {
        Stage::breaking(tries, &Script::new().request().reset())
    }),
    Fault::new("closed_in_the_head", "it is closed in the head of the answer", LOST, |tries| {
        Stage::breaking(tries, &Script::new().answer(HALF_A_HEAD).close())
    }),
    Fault::new("reset_in_the_head", "it is reset in the head of the answer", LOST, |tries| {
        Stage::breaking(tries, &Script::new().answer(HALF_A_HEAD).reset())
    }),
    Fault::new("closed_in_the_body", "half an answer: it is closed in the body", LOST, |tries| {
        Stage::breaking(tries, &Script::new().answer(HALF_AN_ANSWER).close())
    }),
    Fault::new("reset_in_the_body", "it is reset in the body", LOST, |tries| {
        Stage::breaking(tries, &Script::new().answer(HALF_AN_ANSWER).reset())
    }),
    Fault::new("not_http", "the answer is not HTTP", NO_ANSWER, |tries| {
        Stage::breaking(tries, &Script::new().answer("SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n\r\n").close())
    }),
    Fault::new("large_header", "a header of the answer has a megabyte", NO_ANSWER, |tries| {
        let head = format!("HTTP/1.1 200 OK\r\nX-Large: {}\r\n", "x".repeat(1 << 20));
        Stage::breaking(tries, &Script::new().answer(head).close())
    }),
];
