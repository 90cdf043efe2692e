//! Options of a single call.

use core::fmt;

#[cfg(feature = "alloc")]
use eventgrid_transport::{Headers, Limits, Progress, Request, ResponseHead, TransportErrorKind};

use crate::endpoint::ApiVersion;
use crate::http::RequestId;
#[cfg(feature = "alloc")]
use crate::retry::RetryPolicy;

/// Options of a single call, which differ from those of its client: extra headers and query
/// parameters, a request id, a version, retries and time limits, and a function that sees each
/// attempt.
///
/// The methods of publishers and consumers whose names end with `_with` take it, and so does
/// [`Call::with_options`](crate::calls::Call::with_options) for buffers of the caller. An option
/// that is not set is that of the client. Retries, time limits and the function need the feature
/// `alloc`: a device makes a second client instead, which can borrow the parts of the first.
///
#[cfg_attr(feature = "alloc", doc = "```")]
#[cfg_attr(not(feature = "alloc"), doc = "```text")]
/// use core::time::Duration;
/// use eventgrid::blocking::Publisher;
/// use eventgrid::{CallOptions, CloudEvent, Error, Limits, RetryPolicy};
/// # use eventgrid::{Credential, NamespaceTopic, Sleep, Transport};
///
/// # fn example<T: Transport, E: Sleep, C: Credential>(publisher: &Publisher<T, E, C>) -> Result<(), Error<'static, T::Error>> {
/// let options = CallOptions::new()
///     .headers(&[("x-tenant", "17")])
///     .retry(RetryPolicy::none())
///     .limits(Limits::new().with_response(Duration::from_secs(2)));
/// publisher.send_with(&CloudEvent::new("1", "/shop", "Ordered"), &options)?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Default)]
#[non_exhaustive]
pub struct CallOptions<'o> {
    pub(crate) headers: &'o [(&'o str, &'o str)],
    pub(crate) query: &'o [(&'o str, &'o str)],
    pub(crate) content_type: Option<&'o str>,
    pub(crate) request_id: Option<RequestId>,
    pub(crate) application_id: Option<&'o str>,
    pub(crate) api_version: Option<ApiVersion>,
    #[cfg(feature = "alloc")]
    pub(crate) retry: Option<RetryPolicy>,
    #[cfg(feature = "alloc")]
    pub(crate) limits: Option<Limits>,
    #[cfg(feature = "alloc")]
    pub(crate) on_attempt: Option<OnAttempt<'o>>,
}

/// A function that sees each attempt.
#[cfg(feature = "alloc")]
type OnAttempt<'o> = &'o (dyn Fn(&Attempt<'_>) + Sync);

impl<'o> CallOptions<'o> {
    /// No options: everything is as the client has it.
    pub const fn new() -> Self {
        Self {
            headers: &[],
            query: &[],
            content_type: None,
            request_id: None,
            application_id: None,
            api_version: None,
            #[cfg(feature = "alloc")]
            retry: None,
            #[cfg(feature = "alloc")]
            limits: None,
            #[cfg(feature = "alloc")]
            on_attempt: None,
        }
    }

    /// Adds headers to the request, each a name and a value; names are sent in lower case. A header
    /// that the call would write itself, such as `user-agent`, is replaced. Of two headers with the
    /// same name, the last is sent.
    ///
    /// Headers of the transport, of credentials and of binary mode (`host`, `content-length`,
    /// `authorization`, `aeg-...`, `ce-...` and the like) cannot be set: such a call fails with
    /// [`RequestError::Options`](crate::RequestError::Options), as does one with a name or a value
    /// that no header can have.
    #[must_use]
    pub const fn headers(mut self, headers: &'o [(&'o str, &'o str)]) -> Self {
        self.headers = headers;
        self
    }

    /// Adds parameters to the URL, each a name and a value, which are percent-encoded.
    ///
    /// With a parameter that the call writes itself, such as `api-version`, it fails with
    /// [`RequestError::Options`](crate::RequestError::Options).
    #[must_use]
    pub const fn query(mut self, query: &'o [(&'o str, &'o str)]) -> Self {
        self.query = query;
        self
    }

    /// Sets the `Content-Type` of the request, in place of the operation's own. A request without a
    /// body has none.
    ///
    /// The body is not changed. The service reads it by this type, and refuses a type that it does
    /// not support or that does not fit the body. In binary mode the content type is that of the
    /// event's data, so the call then fails with
    /// [`RequestError::Options`](crate::RequestError::Options).
    #[must_use]
    pub const fn content_type(mut self, content_type: &'o str) -> Self {
        self.content_type = Some(content_type);
        self
    }

    /// Sets the `x-ms-client-request-id` of all attempts. Default: a random one. An id that is
    /// other text can be set as the [header](Self::headers) `x-ms-client-request-id`.
    #[must_use]
    pub const fn request_id(mut self, id: RequestId) -> Self {
        self.request_id = Some(id);
        self
    }

    /// Sets the name of your application, which comes before this crate's own in the `User-Agent`
    /// header.
    #[must_use]
    pub const fn application_id(mut self, name: &'o str) -> Self {
        self.application_id = Some(name);
        self
    }

    /// Sets the version of the REST contract to ask for.
    #[must_use]
    pub const fn api_version(mut self, version: ApiVersion) -> Self {
        self.api_version = Some(version);
        self
    }

    /// Sets the retry policy.
    #[cfg(feature = "alloc")]
    #[must_use]
    pub const fn retry(mut self, retry: RetryPolicy) -> Self {
        self.retry = Some(retry);
        self
    }

    /// Sets how long each part of an attempt may take. Where a limit is unset, the client's
    /// applies.
    #[cfg(feature = "alloc")]
    #[must_use]
    pub const fn limits(mut self, limits: Limits) -> Self {
        self.limits = Some(limits);
        self
    }

    /// Calls `tell` after each attempt, before it is decided whether to make another.
    ///
    /// ```
    /// use eventgrid::CallOptions;
    ///
    /// let tell = |attempt: &eventgrid::Attempt<'_>| {
    ///     println!("attempt {} of {}: {}", attempt.number(), attempt.url(), attempt.head().status());
    /// };
    /// let options = CallOptions::new().on_attempt(&tell);
    /// # let _ = options;
    /// ```
    #[cfg(feature = "alloc")]
    #[must_use]
    pub const fn on_attempt(mut self, tell: &'o (dyn Fn(&Attempt<'_>) + Sync)) -> Self {
        self.on_attempt = Some(tell);
        self
    }
}

/// Shows the names of headers and parameters, and not their values.
impl fmt::Debug for CallOptions<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("CallOptions");
        shown
            .field("headers", &Names(self.headers))
            .field("query", &Names(self.query))
            .field("content_type", &self.content_type)
            .field("request_id", &self.request_id)
            .field("application_id", &self.application_id)
            .field("api_version", &self.api_version);
        #[cfg(feature = "alloc")]
        shown.field("retry", &self.retry).field("limits", &self.limits);
        shown.finish_non_exhaustive()
    }
}

struct Names<'n>(&'n [(&'n str, &'n str)]);

impl fmt::Debug for Names<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
}

/// One attempt of a call, after it has ended, for [`CallOptions::on_attempt`]. It has neither the
/// credential nor the body. `Debug` shows neither the query of its URL nor its headers, which may
/// be secrets of the caller.
#[cfg(feature = "alloc")]
pub struct Attempt<'a> {
    pub(crate) number: u32,
    pub(crate) request: &'a Request<'a>,
    pub(crate) head: &'a ResponseHead,
    pub(crate) failure: Option<TransportErrorKind>,
    pub(crate) progress: Progress,
}

#[cfg(feature = "alloc")]
impl<'a> Attempt<'a> {
    /// The number of the attempt, from 1. An attempt that is made because the credential was
    /// renewed after a 401 has the number of the attempt before.
    pub fn number(&self) -> u32 {
        self.number
    }

    /// The method of the request.
    pub fn method(&self) -> &'a str {
        self.request.method()
    }

    /// The URL of the request.
    pub fn url(&self) -> &'a str {
        self.request.url()
    }

    /// The headers of the request, without those of the credential and those that the transport
    /// adds.
    pub fn headers(&self) -> Headers<'a> {
        Request::new(self.request.method(), self.request.url())
            .with_headers(self.request.header_lines())
            .headers()
    }

    /// The size of the request's body, in bytes.
    pub fn body_len(&self) -> usize {
        self.request.body().len()
    }

    /// The head of the response; its status is 0 if none came.
    pub fn head(&self) -> &'a ResponseHead {
        self.head
    }

    /// Why no complete response came; `None` if one came, whatever its status.
    pub fn failure(&self) -> Option<TransportErrorKind> {
        self.failure
    }

    /// How far the attempt went, in bytes, and when the first byte of the response came.
    pub fn progress(&self) -> Progress {
        self.progress
    }
}

#[cfg(feature = "alloc")]
impl fmt::Debug for Attempt<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A parameter that options add to the query may be a secret.
        let without_query = self.url().split('?').next().unwrap_or_default();
        f.debug_struct("Attempt")
            .field("number", &self.number)
            .field("method", &self.method())
            .field("url", &without_query)
            .field("body_len", &self.body_len())
            .field("head", self.head)
            .field("failure", &self.failure)
            .field("progress", &self.progress)
            .finish_non_exhaustive()
    }
}
