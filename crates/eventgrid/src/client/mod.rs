//! The clients: they encode a call, send it, retry it where that may help, and decode the response.
//!
//! All decisions are in `exchange.rs`; the blocking and the async client only send and sleep.

mod asynchronous;
pub mod blocking;
#[cfg(feature = "alloc")]
mod buffers;
mod exchange;
#[cfg_attr(not(feature = "metrics"), path = "no_metrics.rs")]
mod metrics;
mod pace;
#[cfg(feature = "alloc")]
mod raw;
#[cfg(feature = "alloc")]
mod shared_pace;
#[cfg_attr(not(feature = "tracing"), path = "no_spans.rs")]
mod spans;
#[cfg(feature = "alloc")]
mod split;

#[cfg(feature = "alloc")]
pub use asynchronous::OpenResponse;
pub use asynchronous::{Consumer, MqttClient, Publisher};
pub use pace::ReceivePace;
#[cfg(feature = "serde_json")]
pub use raw::JsonBodyError;
#[cfg(feature = "alloc")]
pub use raw::{RawRequest, RawResponse};
#[cfg(feature = "alloc")]
pub use split::{SendFailure, SendFailureReason, SendLimits, SendReport};

use eventgrid_transport::Limits;

use crate::endpoint::ApiVersion;
use crate::retry::RetryPolicy;
use crate::text::Text;
use crate::trace::TraceContext;

/// What requests to the service need: a transport, an environment, a credential, and options.
///
/// Publishers, consumers and clients of MQTT brokers are made from it. All of them can be shared by
/// reference among threads or tasks. A clone shares what the clones of its parts share, such as
/// connections.
///
/// An adapter crate has a function that makes one. It does so in this way:
///
/// ```
/// use eventgrid::{AccessKey, Client, RetryPolicy};
/// # use eventgrid::{Environment, Transport};
/// # fn example<T: Transport, E: Environment>(transport: T, environment: E) {
/// let client = Client::new(transport, environment, AccessKey::new("c2VjcmV0"))
///     .retry(RetryPolicy::new().with_max_retries(5));
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Client<T, E, C> {
    transport: T,
    environment: E,
    credential: C,
    retry: RetryPolicy,
    limits: Limits,
    api_version: Option<ApiVersion>,
    plain_http: bool,
    replay_publish: bool,
    application_id: Text<'static>,
    trace_source: Option<TraceSource>,
    #[cfg(feature = "metrics")]
    metrics: Option<metrics::Metrics>,
    #[cfg(feature = "alloc")]
    body_limit: usize,
    #[cfg(feature = "alloc")]
    buffers: buffers::Buffers,
}

/// A function that returns the trace that an operation is a part of. The client calls it at the
/// beginning of each operation.
pub type TraceSource = fn() -> Option<TraceContext<'static>>;

impl<T, E, C> Client<T, E, C> {
    /// The default of [`body_limit`](Self::body_limit): 128 MiB, more than the largest batch of the
    /// largest events.
    #[cfg(feature = "alloc")]
    pub const DEFAULT_BODY_LIMIT: usize = 128 << 20;

    /// A client with the default options.
    pub const fn new(transport: T, environment: E, credential: C) -> Self {
        Self {
            transport,
            environment,
            credential,
            retry: RetryPolicy::DEFAULT,
            limits: Limits::new(),
            api_version: None,
            plain_http: false,
            replay_publish: true,
            application_id: Text::borrowed(""),
            #[cfg(not(feature = "opentelemetry"))]
            trace_source: None,
            #[cfg(feature = "opentelemetry")]
            trace_source: Some(crate::trace::current_opentelemetry),
            #[cfg(feature = "metrics")]
            metrics: None,
            #[cfg(feature = "alloc")]
            body_limit: Self::DEFAULT_BODY_LIMIT,
            #[cfg(feature = "alloc")]
            buffers: buffers::Buffers::new(),
        }
    }

    /// When to retry. Default: [`RetryPolicy::default`].
    #[must_use]
    pub fn retry(mut self, retry: RetryPolicy) -> Self {
        self.retry = retry;
        self
    }

    /// How long each part of an attempt may take. Where a limit is unset, the transport's applies.
    /// Default: all unset.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// The version of the REST contract to ask for. Default: the newest version that the target
    /// has.
    #[must_use]
    pub fn api_version(mut self, version: ApiVersion) -> Self {
        self.api_version = Some(version);
        self
    }

    /// Allows the credential to be sent over plain `http` to another machine, where anyone on the
    /// way can read it. To this machine (`localhost`, `127.0.0.0/8`, `[::1]`) that is always
    /// allowed.
    #[must_use]
    pub fn allow_plain_http(mut self) -> Self {
        self.plain_http = true;
        self
    }

    /// Whether to send a publish again when it is not known whether the service has accepted it.
    ///
    /// With `true`, the default, events are published at least once. With `false` they are
    /// published at most once, and after a failure they may have been published all the same, see
    /// [`may_have_been_acted_on`](crate::Error::may_have_been_acted_on).
    #[must_use]
    pub fn replay_publish(mut self, replay: bool) -> Self {
        self.replay_publish = replay;
        self
    }

    /// Whether a publish is sent again when it is not known whether the service has accepted it,
    /// see [`replay_publish`](Self::replay_publish).
    pub fn replays_publish(&self) -> bool {
        self.replay_publish
    }

    /// When and how often this client retries a call, see [`retry`](Self::retry).
    pub fn retry_policy(&self) -> RetryPolicy {
        self.retry
    }

    /// The name of your application, put before this crate's own in the `User-Agent` header.
    /// Default: none.
    #[must_use]
    pub fn application_id(mut self, name: impl Into<Text<'static>>) -> Self {
        self.application_id = name.into();
        self
    }

    /// Sets the source of the trace that an operation is a part of. The trace is sent with the
    /// request and with the events, see [`TraceContext`]. Default: no source, or with the feature
    /// `opentelemetry` the current span of OpenTelemetry (`trace::current_opentelemetry`).
    ///
    /// With the feature `tracing`, it is called inside the operation's own span. If a layer of
    /// `tracing` makes this span the current one of OpenTelemetry, as `tracing-opentelemetry` does,
    /// the spans of consumers follow the span that published the event. Events that are encoded
    /// before an operation begins, by `send_all` or `encode`, carry the caller's span. `|| None`
    /// means no source.
    #[must_use]
    pub fn trace_source(mut self, source: TraceSource) -> Self {
        self.trace_source = Some(source);
        self
    }

    /// Records each operation by instruments of this meter, with the names, units and attributes of
    /// [OpenTelemetry's conventions for messaging][conventions]:
    ///
    /// | metric | value |
    /// |---|---|
    /// | `messaging.client.operation.duration` | the seconds that an operation took, with all of its attempts; `error.type` if it failed, as its span says |
    /// | `messaging.client.sent.messages` | the events of requests that were sent; `error.type` if that failed |
    /// | `messaging.client.consumed.messages` | the events that were received, including those that were delivered again |
    ///
    /// Operations that are refused before they are sent, or that are dropped before their end, are
    /// not recorded. For a response that is read in pieces, the duration ends with its head.
    /// Default: no meter. Clients that are cloned after this share the instruments.
    ///
    /// ```
    /// # use eventgrid::{AccessKey, Client, Environment, Transport};
    /// # fn example<T: Transport, E: Environment>(transport: T, environment: E) {
    /// let client = Client::new(transport, environment, AccessKey::new("c2VjcmV0"))
    ///     .meter(&opentelemetry::global::meter("my-application"));
    /// # }
    /// ```
    ///
    /// [conventions]: https://opentelemetry.io/docs/specs/semconv/messaging/messaging-metrics/
    #[cfg(feature = "metrics")]
    #[must_use]
    pub fn meter(mut self, meter: &opentelemetry::metrics::Meter) -> Self {
        self.metrics = Some(metrics::Metrics::new(meter));
        self
    }

    /// How large a request or a response may be, in bytes, in the methods that allocate their
    /// buffers themselves. Default: [`DEFAULT_BODY_LIMIT`](Self::DEFAULT_BODY_LIMIT).
    #[cfg(feature = "alloc")]
    #[must_use]
    pub fn body_limit(mut self, bytes: usize) -> Self {
        self.body_limit = bytes;
        self
    }

    /// The transport.
    pub fn transport(&self) -> &T {
        &self.transport
    }

    /// The environment.
    pub fn environment(&self) -> &E {
        &self.environment
    }
}
