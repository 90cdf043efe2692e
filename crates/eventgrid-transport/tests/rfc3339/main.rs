//! Points in time in RFC 3339: against a table of our own, and against two other parsers.

mod lenient;
mod other_readers;
mod table;
mod written;
