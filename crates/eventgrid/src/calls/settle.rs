//! Settling what was received: acknowledge, release, reject, and renewing locks (api-version
//! 2024-06-01).

use core::fmt;
use core::time::Duration;

use eventgrid_transport::{Buf, Replay};

use crate::calls::receive::subscription_url;
use crate::calls::{Call, Operation};
use crate::endpoint::{ApiVersion, Endpoint, EndpointKind};
use crate::http::{Encoded, RequestContext, RequestError};
use crate::received::{DecodeError, LockTokens, Settlement};
use crate::target::Subscription;
use crate::text::Bytes;

/// What to do with received events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SettleAction {
    /// They were handled. The subscription removes them.
    Acknowledge,
    /// They were not handled. They become available again after a delay.
    Release(ReleaseDelay),
    /// They cannot be handled. They are dead-lettered if the subscription has a destination for
    /// that, and dropped otherwise.
    Reject,
    /// They are still being handled. Their locks start again from the beginning, with the same
    /// tokens. The service renews a lock for at most one hour after the event was received.
    RenewLocks,
}

/// The delay after which a released event becomes available again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum ReleaseDelay {
    /// No delay.
    #[default]
    NoDelay,
    /// 10 seconds.
    TenSeconds,
    /// 60 seconds.
    OneMinute,
    /// 600 seconds.
    TenMinutes,
    /// 3600 seconds.
    OneHour,
    /// Any other number of seconds, for a service that accepts it: api-version 2024-06-01 has only
    /// those above.
    Seconds(u32),
}

impl ReleaseDelay {
    /// The delay in seconds.
    pub const fn as_secs(self) -> u32 {
        match self {
            Self::NoDelay => 0,
            Self::TenSeconds => 10,
            Self::OneMinute => 60,
            Self::TenMinutes => 600,
            Self::OneHour => 3600,
            Self::Seconds(seconds) => seconds,
        }
    }
}

impl fmt::Display for SettleAction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Acknowledge => "acknowledge",
            Self::Release(ReleaseDelay::NoDelay) => "release",
            Self::Release(delay) => return write!(f, "release for {delay}"),
            Self::Reject => "reject",
            Self::RenewLocks => "renew the locks of",
        })
    }
}

impl fmt::Display for ReleaseDelay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} s", self.as_secs())
    }
}

impl<L: ?Sized> Settle<'_, L> {
    /// Refuses earlier versions of the contract, which cannot renew locks, and would ignore a
    /// delay.
    fn check_version(&self, version: ApiVersion) -> Result<(), RequestError> {
        let operation = match self.action {
            SettleAction::RenewLocks => "renewing locks",
            SettleAction::Release(delay) if delay != ReleaseDelay::NoDelay => "a release delay",
            _ => return Ok(()),
        };
        let since = ApiVersion::V2023_10_01_PREVIEW;
        if version.is_before(since) {
            return Err(RequestError::Version { operation, version, since });
        }
        Ok(())
    }
}

/// Settles received events by their lock tokens, or renews their locks.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Settle<'c, L: ?Sized> {
    /// The subscription from which the events were received.
    pub subscription: &'c Subscription<'c>,
    /// What to do with them.
    pub action: SettleAction,
    /// Their lock tokens.
    pub lock_tokens: &'c L,
}

impl<'c, L: ?Sized> Settle<'c, L> {
    /// A call that settles the events with these lock tokens, which were received from this
    /// subscription.
    pub const fn new(subscription: &'c Subscription<'c>, action: SettleAction, lock_tokens: &'c L) -> Self {
        Self { subscription, action, lock_tokens }
    }
}

impl<L: LockTokens + ?Sized> Call for Settle<'_, L> {
    type Output<'b> = Settlement<'b>;

    fn endpoint(&self) -> &Endpoint<'_> {
        self.subscription.endpoint()
    }

    fn endpoint_kind(&self) -> EndpointKind {
        EndpointKind::Namespace
    }

    fn operation(&self) -> Operation<'_> {
        let (name, kind) = match self.action {
            SettleAction::Acknowledge => ("acknowledge", Some("settle")),
            SettleAction::Release(_) => ("release", Some("settle")),
            SettleAction::Reject => ("reject", Some("settle")),
            // Renewing does not settle an event.
            SettleAction::RenewLocks => ("renew_locks", None),
        };
        Operation {
            name,
            kind,
            destination: Some(self.subscription.topic()),
            subscription: Some(self.subscription.subscription()),
            events: Some(self.lock_tokens.lock_tokens().count()),
        }
    }

    fn encode(&self, context: &RequestContext<'_>, tx: &mut Buf<'_>) -> Result<Encoded, RequestError> {
        let operation = match self.action {
            SettleAction::Acknowledge => ":acknowledge",
            SettleAction::Release(_) => ":release",
            SettleAction::Reject => ":reject",
            SettleAction::RenewLocks => ":renewLock",
        };
        self.check_version(context.api_version(EndpointKind::Namespace))?;
        let mut url = subscription_url(self.subscription, operation, context, tx)?;
        match self.action {
            SettleAction::Release(delay) if delay != ReleaseDelay::NoDelay => {
                url.query("releaseDelayInSeconds", u64::from(delay.as_secs()))?;
            }
            _ => {}
        }
        let mut headers = url.headers(context)?;
        headers.text("content-type", "application/json")?;
        let mut body = headers.body();
        let mut json = body.json();
        json.begin_object()?;
        json.member("lockTokens")?;
        json.begin_array()?;
        for token in self.lock_tokens.lock_tokens() {
            token.write_json(&mut json)?;
        }
        json.end_array()?;
        json.end_object()?;
        // If it is sent again after a lost response, tokens that the first attempt has settled come
        // back as `TokenLost`, which is recognized.
        Ok(body.end(Duration::ZERO, Replay::Always))
    }

    fn decode<'b>(&self, body: Bytes<'b>, replayed: bool) -> Result<Settlement<'b>, DecodeError> {
        // A lock that an earlier attempt has renewed is still valid. So when renewing, a token that
        // is lost is really lost.
        Settlement::parse(body, replayed && self.action != SettleAction::RenewLocks)
    }
}
