//! A call with options of its own.

use core::time::Duration;

use eventgrid_transport::{Buf, TransportErrorKind};

use crate::calls::{Call, CallOptions, Operation};
use crate::endpoint::{Endpoint, EndpointKind};
use crate::http::{Encoded, RequestContext, RequestError};
use crate::received::DecodeError;
use crate::text::Bytes;

/// A call with options of its own, made by [`Call::with_options`].
///
/// The options are added to the request after it was encoded, so a call without options costs a
/// device no code for them.
#[derive(Debug)]
pub struct WithOptions<'c, K> {
    call: &'c K,
    options: &'c CallOptions<'c>,
}

impl<K> Clone for WithOptions<'_, K> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<K> Copy for WithOptions<'_, K> {}

impl<'c, K> WithOptions<'c, K> {
    pub(super) fn new(call: &'c K, options: &'c CallOptions<'c>) -> Self {
        Self { call, options }
    }
}

impl<K: Call> Call for WithOptions<'_, K> {
    type Output<'b> = K::Output<'b>;

    const LOCKS_EVENTS: bool = K::LOCKS_EVENTS;
    const READS_BODY: bool = K::READS_BODY;

    fn endpoint(&self) -> &Endpoint<'_> {
        self.call.endpoint()
    }

    fn endpoint_kind(&self) -> EndpointKind {
        self.call.endpoint_kind()
    }

    fn operation(&self) -> Operation<'_> {
        self.call.operation()
    }

    fn received(output: &K::Output<'_>) -> Option<usize> {
        K::received(output)
    }

    fn arrived(output: &mut K::Output<'_>, at: Option<Duration>) {
        K::arrived(output, at);
    }

    fn max_time(&self) -> Option<Duration> {
        self.call.max_time()
    }

    fn is_divisible(&self) -> bool {
        self.call.is_divisible()
    }

    #[cfg(feature = "alloc")]
    fn options(&self) -> Option<&CallOptions<'_>> {
        Some(self.options)
    }

    fn encode(&self, context: &RequestContext<'_>, tx: &mut Buf<'_>) -> Result<Encoded, RequestError> {
        let CallOptions { headers, query, content_type, request_id, application_id, api_version, .. } =
            *self.options;
        let context = RequestContext {
            api_version: api_version.or(context.api_version),
            application_id: application_id.unwrap_or(context.application_id),
            request_id: request_id.unwrap_or(context.request_id),
            ..*context
        };
        let mut encoded = self.call.encode(&context, tx)?;
        if let Some(content_type) = content_type {
            encoded.set_content_type(tx, content_type)?;
        }
        encoded.add_query(tx, query)?;
        encoded.add_headers(tx, headers)?;
        Ok(encoded)
    }

    fn decode<'b>(&self, body: Bytes<'b>, replayed: bool) -> Result<K::Output<'b>, DecodeError> {
        self.call.decode(body, replayed)
    }

    fn decode_interrupted<'b>(&self, body: Bytes<'b>, by: TransportErrorKind) -> Option<K::Output<'b>> {
        self.call.decode_interrupted(body, by)
    }
}
