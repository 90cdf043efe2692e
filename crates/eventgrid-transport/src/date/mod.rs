//! Dates of the calendar and of HTTP headers. Times of events are not here: they belong to the
//! events.

mod civil_date;
pub(crate) mod http_date;

pub use civil_date::CivilDate;
