//! Dates of the calendar, dates in HTTP headers, and points in time in events.

mod civil_date;
mod digits;
pub(crate) mod http_date;
mod rfc3339;
mod rfc3339_text;

pub use civil_date::CivilDate;
pub use rfc3339::Rfc3339Time;
pub use rfc3339_text::Rfc3339Text;
