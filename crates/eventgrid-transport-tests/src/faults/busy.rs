//! A service that asks to come again later.

use std::time::Duration;

use super::expected::Expected;
use super::stage::response;
use super::{BACKOFF, Fault, Stage};

const SECONDS: &[Duration] = &[Duration::from_secs(7); 3];
const MILLISECONDS: &[Duration] = &[Duration::from_millis(2500); 3];
/// The whole call may take five minutes.
const NEVER: &[Duration] = &[];

macro_rules! busy {
    ($($status:literal $says:literal: { $($name:literal $what:literal $headers:literal $waits:ident,)+ })+) => {
        pub(super) const FAULTS: &[Fault] = &[$($(Fault::new(
            concat!("status_", $status, "_", $name),
            concat!("status ", $status, $what),
            Expected::busy($status, concat!($says, " (status ", $status, ")"), $waits),
            |attempts| Stage::responding(attempts, response($status, $headers, "busy")),
        ),)+)+];
    };
    ($($status:literal $says:literal),+) => {
        busy! {$(
            $status $says: {
                "absent" ", without `Retry-After`" "" BACKOFF,
                "seconds" " with `Retry-After: 7`" "Retry-After: 7\r\n" SECONDS,
                "date" " with `Retry-After` as a date, 7 s after the date of the response"
                    "Date: Sun, 06 Nov 1994 08:49:30 GMT\r\nRetry-After: Sun, 06 Nov 1994 08:49:37 GMT\r\n" SECONDS,
                "milliseconds" " with `retry-after-ms: 2500`" "retry-after-ms: 2500\r\n" MILLISECONDS,
                "negative" " with `Retry-After: -7`" "Retry-After: -7\r\n" BACKOFF,
                "huge" " with `Retry-After: 99999999999999999999`"
                    "Retry-After: 99999999999999999999\r\n" NEVER,
            }
        )+}
    };
}

busy!(429 "the service asks to slow down", 503 "the service failed");
