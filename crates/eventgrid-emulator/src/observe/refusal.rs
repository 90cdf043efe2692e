//! Why a request was refused, and whether that was on purpose.

/// The error of a response, as an extension of it: so nobody has to read it out of the body, which
/// has another shape at each kind of endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) code: &'static str,
    /// May hold text of the request, but no secret.
    pub(crate) message: String,
}

/// That a fault was injected into a request, as an extension of its response.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FaultInjected;
