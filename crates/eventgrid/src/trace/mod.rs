//! Distributed tracing: the context that is sent with requests and in events.

use core::fmt;

use crate::text::Text;

/// A W3C trace context: `traceparent` and `tracestate`.
///
/// It is sent as HTTP headers of the request. Events that have neither attribute yet also get it as
/// the CloudEvents extension attributes of the same names (CloudEvents distributed tracing
/// extension), so that consumers can continue the trace by
/// [`CloudEventView::trace_context`](crate::event::CloudEventView::trace_context).
///
/// ```
/// use eventgrid::TraceContext;
///
/// let trace = TraceContext::new("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")?;
/// assert_eq!(trace.tracestate(), None);
/// # Ok::<(), eventgrid::InvalidTraceContext>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TraceContext<'t> {
    traceparent: Text<'t>,
    tracestate: Option<Text<'t>>,
}

impl<'t> TraceContext<'t> {
    /// A context with this `traceparent`.
    ///
    /// # Errors
    /// [`InvalidTraceContext`] if it is not a `traceparent` of W3C Trace Context, level 1.
    pub fn new(traceparent: impl Into<Text<'t>>) -> Result<Self, InvalidTraceContext> {
        let traceparent = traceparent.into();
        if is_traceparent(&traceparent) {
            Ok(Self { traceparent, tracestate: None })
        } else {
            Err(InvalidTraceContext)
        }
    }

    /// Sets `tracestate`. An empty one counts as none.
    ///
    /// # Errors
    /// [`InvalidTraceContext`] if it has a line break or another character that no header can have.
    pub fn with_tracestate(mut self, tracestate: impl Into<Text<'t>>) -> Result<Self, InvalidTraceContext> {
        let tracestate = tracestate.into();
        if !tracestate.bytes().all(|b| matches!(b, b' '..=b'~')) {
            return Err(InvalidTraceContext);
        }
        self.tracestate = (!tracestate.is_empty()).then_some(tracestate);
        Ok(self)
    }

    /// The context of a received event. If only the state is not valid, the trace is kept without
    /// it.
    pub(crate) fn received(traceparent: Text<'t>, tracestate: Option<Text<'t>>) -> Option<Self> {
        let trace = Self::new(traceparent).ok()?;
        let Some(state) = tracestate else { return Some(trace) };
        Some(trace.clone().with_tracestate(state).unwrap_or(trace))
    }

    /// `traceparent`.
    pub fn traceparent(&self) -> &str {
        &self.traceparent
    }

    /// `tracestate`, if there is one.
    pub fn tracestate(&self) -> Option<&str> {
        self.tracestate.as_deref()
    }

    /// The context in OpenTelemetry's form, as that of a remote span, which can be linked to or be
    /// a parent. `None` if its `traceparent` is of a later version whose ids OpenTelemetry cannot
    /// read; a `tracestate` that it cannot read is left out.
    ///
    /// ```
    /// use eventgrid::TraceContext;
    /// use opentelemetry::trace::TraceId;
    ///
    /// let trace = TraceContext::new("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")?;
    /// let span = trace.to_span_context().unwrap();
    /// assert_eq!(span.trace_id(), TraceId::from(0x0af7_6519_16cd_43dd_8448_eb21_1c80_319c));
    /// assert!(span.is_sampled() && span.is_remote());
    /// # Ok::<(), eventgrid::InvalidTraceContext>(())
    /// ```
    #[cfg(feature = "opentelemetry")]
    pub fn to_span_context(&self) -> Option<opentelemetry::trace::SpanContext> {
        use core::str::FromStr;

        use opentelemetry::trace::{SpanContext, SpanId, TraceFlags, TraceId, TraceState};

        let mut parts = self.traceparent.split('-').skip(1);
        let trace_id = TraceId::from_hex(parts.next()?).ok()?;
        let span_id = SpanId::from_hex(parts.next()?).ok()?;
        let flags = TraceFlags::new(u8::from_str_radix(parts.next()?, 16).ok()?) & TraceFlags::SAMPLED;
        let state = self.tracestate().and_then(|state| TraceState::from_str(state).ok()).unwrap_or_default();
        Some(SpanContext::new(trace_id, span_id, flags, true, state))
    }

    /// The two by name.
    pub(crate) fn members(&self) -> impl Iterator<Item = (&'static str, &str)> {
        [(TRACEPARENT, Some(self.traceparent())), (TRACESTATE, self.tracestate())]
            .into_iter()
            .filter_map(|(name, value)| Some((name, value?)))
    }
}

pub(crate) const TRACEPARENT: &str = "traceparent";
pub(crate) const TRACESTATE: &str = "tracestate";

/// `00-` and 32, 16 and 2 hexadecimal digits in lower case, the ids not all zero; a later version
/// may have more after it, and there is no version `ff`.
fn is_traceparent(text: &str) -> bool {
    let mut parts = text.split('-');
    let mut hex = |len: usize| {
        parts
            .next()
            .filter(|part| part.len() == len && part.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')))
    };
    let (version, trace_id, parent_id, flags) = (hex(2), hex(32), hex(16), hex(2));
    let is_id = |id: Option<&str>| id.is_some_and(|id| id.bytes().any(|b| b != b'0'));
    let len_is_right = text.len() == 55 || version != Some("00");
    version.is_some_and(|version| version != "ff")
        && is_id(trace_id)
        && is_id(parent_id)
        && flags.is_some()
        && len_is_right
        && text.bytes().all(|b| b.is_ascii_graphic())
}

/// The context of the current OpenTelemetry span: what a client with feature `opentelemetry` asks
/// for, unless it is given another [`trace_source`](crate::Client::trace_source).
#[cfg(feature = "opentelemetry")]
pub fn current_opentelemetry() -> Option<TraceContext<'static>> {
    use opentelemetry::trace::TraceContextExt;

    let context = opentelemetry::Context::current();
    let span = context.span().span_context().clone();
    if !span.is_valid() {
        return None;
    }
    let traceparent =
        std::format!("00-{}-{}-{:02x}", span.trace_id(), span.span_id(), span.trace_flags().to_u8());
    let trace = TraceContext::new(traceparent).ok()?;
    // If the state cannot be in a header, the trace is kept without it.
    Some(trace.clone().with_tracestate(span.trace_state().header()).unwrap_or(trace))
}

/// The error for a text that is not a valid part of a W3C trace context.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvalidTraceContext;

impl fmt::Display for InvalidTraceContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the trace context is not what W3C Trace Context says: pass on what came, unchanged")
    }
}

impl core::error::Error for InvalidTraceContext {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_a_traceparent() {
        let good = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        assert!(TraceContext::new(good).is_ok());
        assert!(
            TraceContext::new("cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-what-ever").is_ok()
        );
        for bad in [
            "",
            "00",
            &good[1..],
            &good[..54],
            "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "00-00000000000000000000000000000000-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
            "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-x",
            "cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-\n",
            "cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-é",
        ] {
            assert_eq!(TraceContext::new(bad), Err(InvalidTraceContext), "{bad}");
        }
        let trace = TraceContext::new(good).unwrap();
        assert_eq!(trace.clone().with_tracestate("a=b,c=d").unwrap().tracestate(), Some("a=b,c=d"));
        assert_eq!(trace.clone().with_tracestate("").unwrap(), trace);
        assert!(trace.with_tracestate("a=b\r\nx: y").is_err());
    }

    #[cfg(feature = "opentelemetry")]
    #[test]
    fn the_current_span_is_found() {
        use opentelemetry::trace::{SpanContext, SpanId, TraceContextExt, TraceFlags, TraceId, TraceState};

        assert_eq!(current_opentelemetry(), None);
        let span = SpanContext::new(
            TraceId::from(0x0af7_6519_16cd_43dd_8448_eb21_1c80_319c),
            SpanId::from(0xb7ad_6b71_6920_3331),
            TraceFlags::SAMPLED,
            true,
            TraceState::from_key_value([("a", "b")]).unwrap(),
        );
        let _guard = opentelemetry::Context::new().with_remote_span_context(span).attach();
        let trace = current_opentelemetry().unwrap();
        assert_eq!(trace.traceparent(), "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
        assert_eq!(trace.tracestate(), Some("a=b"));
    }
}
