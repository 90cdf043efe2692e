//! What a device can log.

#![cfg(feature = "defmt")]

use eventgrid::event::{
    CloudEventView, DataError, EventGridEvent, EventGridEventView, InvalidEvent, MalformedEvent,
};
use eventgrid::json::{JsonError, JsonErrorKind, JsonStr, WriteError};
use eventgrid::{
    BufFull, CloudEvent, CredentialError, DecodeError, Error, FailedLockToken, FailureReason,
    InvalidEndpoint, InvalidTarget, LockToken, ReceivedEvent, RequestError, ServiceError, Text,
    TransportErrorKind,
};

/// Compiles only if all of them can be logged.
const fn errors_tokens_and_events_can_be_logged() {
    const fn check<T: defmt::Format>() {}
    check::<(BufFull, CredentialError, DataError, DecodeError, InvalidEndpoint, InvalidEvent)>();
    check::<(InvalidTarget, JsonError, JsonErrorKind, MalformedEvent, RequestError, WriteError)>();
    check::<(ServiceError<'_>, Error<'_, core::fmt::Error>, FailureReason, TransportErrorKind)>();
    check::<(LockToken<'_>, FailedLockToken<'_>, ReceivedEvent<'_>, Text<'_>, JsonStr<'_>)>();
    check::<(CloudEvent<'_>, CloudEventView<'_>, EventGridEvent<'_>, EventGridEventView<'_>)>();
    #[cfg(feature = "heapless")]
    check::<eventgrid::LockTokenBuf<8>>();
}

const _: () = errors_tokens_and_events_can_be_logged();
