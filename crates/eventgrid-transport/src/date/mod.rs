//! Dates of the calendar and of HTTP headers, and points in time as events have them.

mod civil_date;
mod digits;
pub(crate) mod http_date;
mod rfc3339;
mod rfc3339_text;

pub use civil_date::CivilDate;
pub use rfc3339::Rfc3339Time;
pub use rfc3339_text::Rfc3339Text;
