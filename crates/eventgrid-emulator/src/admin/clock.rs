//! The clock: looked at, stopped, moved, started.

use std::time::Duration;

use http::Method;
use schemars::{JsonSchema, SchemaGenerator};
use serde::{Deserialize, Serialize};

use super::call::Call;
use super::error::AdminError;
use super::reply::Reply;
use super::route::{MAX_BODY, RequestBody, ResponseBody, Route};
use crate::service::{ClockState, Emulator};

const CLOCK: ResponseBody = ResponseBody {
    status: 200,
    description: "The clock.",
    schema: Some(SchemaGenerator::subschema_for::<Clock>),
};

/// The longest way that one request moves the clock: a year. Beyond the year 9999 no time can be
/// written.
const LONGEST_ADVANCE: f64 = 366.0 * 86_400.0;

pub(super) const ROUTES: &[Route] = &[
    Route {
        method: Method::GET,
        path: "/clock",
        operation: "getClock",
        summary: "Returns the emulator's time. Locks, delays, times to live, wait times of receives and the end of \
                  shared access signatures follow it.",
        query: &[],
        body: None,
        response: CLOCK,
        handler: |emulator, _| Ok(Reply::ok(&Clock::from(emulator.clock()))),
    },
    Route {
        method: Method::POST,
        path: "/clock/stop",
        operation: "stopClock",
        summary: "Stops the clock: no lock ends and no wait of a receive is over until the clock is moved or \
                  started.",
        query: &[],
        body: None,
        response: CLOCK,
        handler: |emulator, _| {
            emulator.stop_clock();
            Ok(Reply::ok(&Clock::from(emulator.clock())))
        },
    },
    Route {
        method: Method::POST,
        path: "/clock/start",
        operation: "startClock",
        summary: "Starts the clock again, from the time at which it stopped.",
        query: &[],
        body: None,
        response: CLOCK,
        handler: |emulator, _| {
            emulator.start_clock();
            Ok(Reply::ok(&Clock::from(emulator.clock())))
        },
    },
    Route {
        method: Method::POST,
        path: "/clock/advance",
        operation: "advanceClock",
        summary: "Moves the clock forward, whether or not it stands still. The response comes when all that ends by this \
                  has ended, all attempts to push events that are due by then have been made, and dead letters are in their folders. A shared access signature whose time is over by then is refused, so make it to last longer.",
        query: &[],
        body: Some(RequestBody {
            schema: SchemaGenerator::subschema_for::<Advance>,
            example: r#"{"seconds":60}"#,
            max_size: MAX_BODY,
        }),
        response: CLOCK,
        handler: advance,
    },
];

/// The emulator's clock.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Clock {
    /// The emulator's time: RFC 3339, as all times.
    time: String,
    /// The machine's time.
    base: String,
    /// How far the emulator is ahead of the machine; negative if it is late.
    offset_in_seconds: f64,
    is_stopped: bool,
}

/// How far to move the clock.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Advance {
    /// From 0 to 31622400, a year.
    seconds: f64,
}

impl From<ClockState> for Clock {
    fn from(clock: ClockState) -> Self {
        let ahead = clock.time.saturating_since(clock.base).as_secs_f64();
        let late = clock.base.saturating_since(clock.time).as_secs_f64();
        Self {
            time: clock.time.to_string(),
            base: clock.base.to_string(),
            offset_in_seconds: ahead - late,
            is_stopped: clock.is_stopped,
        }
    }
}

fn advance(emulator: &mut Emulator, call: &Call) -> Result<Reply, AdminError> {
    let Advance { seconds } = call.json()?;
    let duration = Duration::try_from_secs_f64(seconds).ok().filter(|_| seconds <= LONGEST_ADVANCE);
    let duration = duration
        .ok_or_else(|| AdminError::bad_request("seconds must be 0 to 31622400: time never goes back"))?;
    emulator.advance_clock(duration);
    Ok(Reply::ok(&Clock::from(emulator.clock())).when_due())
}
