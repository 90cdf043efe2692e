//! Why a request was refused.

/// The error of a response, as an extension of it: so nobody has to read it out of the body, which has another shape at
/// each kind of endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) code: &'static str,
    /// May hold text of the request, but no secret.
    pub(crate) message: String,
}
