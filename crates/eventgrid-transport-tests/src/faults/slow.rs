//! Answers that stop, or come too slowly.

use std::time::Duration;

use eventgrid::Limits;
use eventgrid::TransportErrorKind::Timeout;

use super::expected::Expected;
use super::{Fault, Stage};
use crate::Options;
use crate::server::{Gate, Script};

const SHORT: Duration = Duration::from_millis(100);
/// Many times in [`SHORT`]: whoever waits anew for each byte waits without an end.
const PACE: Duration = Duration::from_millis(10);

const LATE: Expected = Expected::lost(Timeout);
const HEAD: &str = "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n{";

pub(super) const FAULTS: &[Fault] = &[
    Fault::new("no_answer", "no answer comes", LATE, |tries| late_head(tries, Script::new().request())),
    Fault::new("stopped_head", "the answer stops in its head", LATE, |tries| {
        late_head(tries, Script::new().answer("HTTP/1.1 200 OK\r\n"))
    }),
    Fault::new("stopped_body", "the answer stops in its body", LATE, |tries| {
        late_body(tries, Script::new().answer(HEAD))
    }),
    Fault::new("trickling_head", "the head of the answer comes byte by byte, too slowly", LATE, |tries| {
        late_head(tries, Script::new().answer("HTTP/1.1 200 OK\r\nX-Slow: ").trickle("x", PACE))
    }),
    Fault::new("trickling_body", "the body of the answer comes byte by byte, too slowly", LATE, |tries| {
        late_body(tries, Script::new().answer(HEAD).trickle(" ", PACE))
    }),
];

fn late_head(tries: usize, script: Script) -> Stage {
    stage(tries, script, Limits::new().with_response(SHORT))
}

fn late_body(tries: usize, script: Script) -> Stage {
    stage(tries, script, Limits::new().with_idle(SHORT))
}

fn stage(tries: usize, script: Script, limits: Limits) -> Stage {
    let gate = Gate::new();
    Stage::breaking(tries, &script.wait(&gate)).options(Options::with_limits(limits)).release(gate)
}
