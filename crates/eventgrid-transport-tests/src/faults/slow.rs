//! Responses that stop, or come too slowly.

use std::time::Duration;

use eventgrid::Limits;
use eventgrid::TransportErrorKind::Timeout;

use super::expected::Expected;
use super::{Fault, Stage};
use crate::options::Options;
use crate::server::{Gate, Script};

const SHORT: Duration = Duration::from_millis(300);
/// Many times in [`SHORT`]: whoever waits anew for each byte waits without an end.
const PACE: Duration = Duration::from_millis(10);

/// More bytes per second than come at that pace.
const LOWEST_RATE: u32 = 10_000;

const LATE: Expected = Expected::lost(Timeout);
const HEAD: &str = "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n{";

pub(super) const FAULTS: &[Fault] = &[
    Fault::new("no_response", "there is no response", LATE, |attempts| {
        late_head(attempts, Script::new().request())
    }),
    Fault::new("stopped_head", "the response stops in its head", LATE, |attempts| {
        late_head(attempts, Script::new().respond("HTTP/1.1 200 OK\r\n"))
    }),
    Fault::in_the_body("stopped_body", "the response stops in its body", Timeout, |attempts| {
        late_body(attempts, Script::new().respond(HEAD))
    }),
    Fault::new(
        "trickling_head",
        "the head of the response arrives byte by byte, too slowly",
        LATE,
        |attempts| {
            late_head(attempts, Script::new().respond("HTTP/1.1 200 OK\r\nX-Slow: ").trickle("x", PACE))
        },
    ),
    Fault::in_the_body(
        "trickling_body",
        "the body of the response arrives byte by byte, below the lowest rate",
        Timeout,
        |attempts| late_body(attempts, Script::new().respond(HEAD).trickle(" ", PACE)),
    ),
];

fn late_head(attempts: usize, script: Script) -> Stage {
    stage(attempts, script, Limits::new().with_response(SHORT))
}

fn late_body(attempts: usize, script: Script) -> Stage {
    stage(attempts, script, Limits::new().with_idle(SHORT).with_lowest_rate(LOWEST_RATE))
}

fn stage(attempts: usize, script: Script, limits: Limits) -> Stage {
    let gate = Gate::new();
    Stage::breaking(attempts, &script.wait(&gate)).options(Options::with_limits(limits)).release(gate)
}
