//! The context of a request.

use core::fmt;

use eventgrid_transport::{Environment, Replay};

use crate::endpoint::{ApiVersion, EndpointKind};
use crate::http::RequestError;
use crate::trace::TraceContext;

/// What a [`Call`](crate::calls::Call) needs in addition to its own values to become a request.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct RequestContext<'c> {
    /// The `api-version` parameter. `None` means the newest version that the target has.
    pub api_version: Option<ApiVersion>,
    /// Your application's name, which comes before this crate's own in the `User-Agent` header; may
    /// be empty.
    pub application_id: &'c str,
    /// The `x-ms-client-request-id` header: one per operation, the same for each of its attempts.
    pub request_id: RequestId,
    /// The trace that the operation is a part of.
    pub trace: Option<&'c TraceContext<'c>>,
    /// Whether to send a publish again when it is not known whether the service has accepted it.
    pub replay_publish: bool,
}

impl Default for RequestContext<'_> {
    fn default() -> Self {
        Self {
            api_version: None,
            application_id: "",
            request_id: RequestId::default(),
            trace: None,
            replay_publish: true,
        }
    }
}

impl RequestContext<'_> {
    /// The version to ask this kind of endpoint for.
    pub(crate) fn api_version(&self, endpoint_kind: EndpointKind) -> ApiVersion {
        self.api_version.unwrap_or(endpoint_kind.newest_api_version())
    }

    /// The version to ask for, `newest` unless another one is set, if it has the operation.
    pub(crate) fn api_version_with(
        &self,
        operation: &'static str,
        newest: ApiVersion,
        since: ApiVersion,
    ) -> Result<ApiVersion, RequestError> {
        let version = self.api_version.unwrap_or(newest);
        if version.is_before(since) {
            return Err(RequestError::Version { operation, version, since });
        }
        Ok(version)
    }

    /// Whether sending a publish twice does harm.
    pub(crate) fn replay_of_publish(&self) -> Replay {
        if self.replay_publish { Replay::Always } else { Replay::OnlyIfNotActedOn }
    }
}

/// The id that a client gives to one operation: 128 bits, random by default. The first number has
/// the first 16 digits, so a UUID is `RequestId((uuid >> 64) as u64, uuid as u64)` of its `u128`.
///
/// ```
/// use eventgrid::calls::RequestId;
///
/// let id = RequestId(0x0123_4567_89ab_cdef, 0xfedc_ba98_7654_3210);
/// assert_eq!(id.to_string(), "0123456789abcdeffedcba9876543210");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RequestId(pub u64, pub u64);

impl RequestId {
    /// A new id.
    pub fn random(environment: &impl Environment) -> Self {
        Self(environment.random(), environment.random())
    }

    /// The id in 32 digits. (Formatting numbers costs more than all other headers together.)
    pub(super) fn digits(self) -> [u8; 32] {
        const HEX: &[u8; 16] = b"0123456789abcdef";
        let mut digits = [0; 32];
        let number = (u128::from(self.0) << 64) | u128::from(self.1);
        for (pair, byte) in digits.chunks_exact_mut(2).zip(number.to_be_bytes()) {
            pair.copy_from_slice(&[HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 15)]]);
        }
        digits
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(core::str::from_utf8(&self.digits()).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use eventgrid_transport::Buf;

    use super::*;
    use crate::http::headers::format;

    #[test]
    fn an_id_has_32_digits() {
        for (id, text) in [
            (RequestId(0, 0), "00000000000000000000000000000000"),
            (RequestId(0x0123_4567_89ab_cdef, 0xfedc_ba98_7654_3210), "0123456789abcdeffedcba9876543210"),
            (RequestId(u64::MAX, 9), "ffffffffffffffff0000000000000009"),
        ] {
            let mut storage = [0; 32];
            let mut written = Buf::new(&mut storage);
            format(&mut written, format_args!("{id}")).unwrap();
            assert_eq!(written.filled(), text.as_bytes());
        }
    }
}
