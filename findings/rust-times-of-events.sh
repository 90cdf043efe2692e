#!/usr/bin/env bash
# jiff 0.2.46, chrono 0.4.45, time 0.3.55 (crates.io): one valid time of an event is three instants
# in a leap second, and none in jiff where .NET says "never".
#
# Expected: each of the three reads RFC 3339, which has the seconds 00 to 60, any number of digits
#   after them, and the years 0000 to 9999 (5.6 and 5.7). What one reads, all read, as the same
#   instant, and order is kept: half a second after 23:59:60 is later than 23:59:59.75.
# Seen: jiff takes second 60 for second 59 and keeps the fraction, so the later time is the earlier
#   instant. chrono takes it for the first second of the next day. time takes it for the last
#   nanosecond of second 59, so all fractions are one instant. jiff has no instants in the last 26
#   hours of the year 9999, and refuses more than nine digits; the other two drop the rest of them.
#
# Why it matters: DateTimeOffset.MaxValue, which .NET programs write for what never ends, is
#   9999-12-31T23:59:59.9999999+00:00. A struct with a jiff::Timestamp refuses the whole event for
#   it. Two parts of a program that use two of these crates order events in two ways. Keep the text
#   of a time where it is only passed on. This project's views have it as text; with the feature
#   `jiff`, `timestamp` reads all of these times, and says in its docs what becomes of them.
#
# Output:
#   2016-12-31T23:59:59.75Z
#     jiff 1483228799.750000000
#     chrono 1483228799.750000000
#     time 1483228799.750000000
#   2016-12-31T23:59:60.25Z
#     jiff 1483228799.250000000
#     chrono 1483228800.250000000
#     time 1483228799.999999999
#   2016-12-31T23:59:60.5Z
#     jiff 1483228799.500000000
#     chrono 1483228800.500000000
#     time 1483228799.999999999
#   2017-01-01T00:00:00.25Z
#     jiff 1483228800.250000000
#     chrono 1483228800.250000000
#     time 1483228800.250000000
#   2024-06-01T12:00:00.1234567891Z
#     jiff error
#     chrono 1717243200.123456789
#     time 1717243200.123456789
#   9999-12-31T23:59:59.9999999+00:00
#     jiff error
#     chrono 253402300799.999999900
#     time 253402300799.999999900
#
# It needs Rust and crates.io.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
mkdir src
cat >Cargo.toml <<'END'
[package]
name = "times-of-events"
version = "0.0.0"
edition = "2021"

[dependencies]
chrono = { version = "=0.4.45", default-features = false, features = ["alloc"] }
jiff = { version = "=0.2.46", default-features = false, features = ["std"] }
time = { version = "=0.3.55", default-features = false, features = ["parsing", "std"] }

[profile.dev]
debug = false

[workspace]
END
cat >src/main.rs <<'END'
use chrono::DateTime;
use jiff::Timestamp;
use time::format_description::well_known::Rfc3339;
use time::OffsetDateTime;

/// Seconds since 1970, with nine digits.
fn show<E>(nanoseconds: Result<i128, E>) -> String {
    let Ok(nanoseconds) = nanoseconds else { return "error".into() };
    format!("{}.{:09}", nanoseconds.div_euclid(1_000_000_000), nanoseconds.rem_euclid(1_000_000_000))
}

fn main() {
    for text in [
        "2016-12-31T23:59:59.75Z",
        "2016-12-31T23:59:60.25Z",
        "2016-12-31T23:59:60.5Z",
        "2017-01-01T00:00:00.25Z",
        "2024-06-01T12:00:00.1234567891Z",
        "9999-12-31T23:59:59.9999999+00:00",
    ] {
        println!("{text}");
        println!("  jiff {}", show(text.parse::<Timestamp>().map(Timestamp::as_nanosecond)));
        let chrono = DateTime::parse_from_rfc3339(text);
        // A leap second has more than a second's nanoseconds.
        let nanoseconds = |seconds: i64, rest: u32| i128::from(seconds) * 1_000_000_000 + i128::from(rest);
        println!("  chrono {}", show(chrono.map(|time| nanoseconds(time.timestamp(), time.timestamp_subsec_nanos()))));
        println!("  time {}", show(OffsetDateTime::parse(text, &Rfc3339).map(OffsetDateTime::unix_timestamp_nanos)));
    }
}
END
CARGO_TARGET_DIR="$folder/target" cargo run --quiet >seen 2>build || { cat build >&2; exit 1; }
cat seen
diff seen - <<'END'
2016-12-31T23:59:59.75Z
  jiff 1483228799.750000000
  chrono 1483228799.750000000
  time 1483228799.750000000
2016-12-31T23:59:60.25Z
  jiff 1483228799.250000000
  chrono 1483228800.250000000
  time 1483228799.999999999
2016-12-31T23:59:60.5Z
  jiff 1483228799.500000000
  chrono 1483228800.500000000
  time 1483228799.999999999
2017-01-01T00:00:00.25Z
  jiff 1483228800.250000000
  chrono 1483228800.250000000
  time 1483228800.250000000
2024-06-01T12:00:00.1234567891Z
  jiff error
  chrono 1717243200.123456789
  time 1717243200.123456789
9999-12-31T23:59:59.9999999+00:00
  jiff error
  chrono 253402300799.999999900
  time 253402300799.999999900
END
