//! Points in time as RFC 3339 writes them: by a table of our own, and against two other readers.

mod lenient;
mod other_readers;
mod table;
mod written;
