//! Publishing: to a topic of a namespace (`POST /topics/{topic}:publish`, api-version 2024-06-01), or to a basic topic, a domain
//! or a partner channel (`POST /api/events`, api-version 2018-01-01).

use core::time::Duration;

use crate::calls::Call;
use crate::encode::{BodyWriter, Encoded, HeaderWriter, RequestContext, UrlWriter};
use crate::error::{DecodeError, RequestError};
use crate::event::{BinaryMode, CustomEvent, EventGridEvent};
use crate::json::JsonWriter;
use crate::request::Replay;
use crate::target::{
    Accepts, BinaryContentMode, CloudEvents, CustomSchema, EventGridSchema, NamespaceTopic, Realm, Target,
};
use crate::{Binary, Buf, CloudEvent, Endpoint, TraceContext};

/// Publishes one event or a batch.
#[derive(Debug, Clone, Copy)]
pub struct Publish<'c, P: ?Sized, K = NamespaceTopic<'c>> {
    /// Where to.
    pub target: &'c K,
    /// What.
    pub events: &'c P,
    /// The trace that it is a part of, if not the one of the [`RequestContext`].
    pub trace: Option<&'c TraceContext<'c>>,
}

impl<P: Publishable + ?Sized, K: Target + Accepts<P::Schema>> Call for Publish<'_, P, K> {
    type Output<'b> = ();

    fn endpoint(&self) -> &Endpoint<'_> {
        self.target.endpoint()
    }

    fn realm(&self) -> Realm {
        self.target.realm()
    }

    fn encode(&self, context: &RequestContext<'_>, tx: &mut Buf<'_>) -> Result<Encoded, RequestError> {
        let realm = self.target.realm();
        let context = &RequestContext { trace: self.trace.or(context.trace), ..*context };
        let mut url = UrlWriter::new(tx, self.target.endpoint())?;
        self.target.write_url(&mut url)?;
        url.query("api-version", context.api_version(realm))?;
        let mut headers = url.headers(context)?;
        self.target.write_headers(&mut headers)?;
        let body = self.events.write(WriteContext { realm, trace: context.trace }, headers)?;
        let replay = if context.replay_publish { Replay::Always } else { Replay::OnlyIfNotActedOn };
        Ok(body.end(Duration::ZERO, replay))
    }

    /// A namespace answers `{}` and a basic topic nothing; the status has said all.
    fn decode(&self, _body: Binary<'_>, _replayed: bool) -> Result<(), DecodeError> {
        Ok(())
    }
}

/// What can be published in one request: an event, or a batch of events of one kind.
///
/// Implemented for [`CloudEvent`], [`EventGridEvent`] and [`CustomEvent`], for slices, arrays and `Vec`s of each, and for
/// [`BinaryMode`]. It is sealed: what a target takes is the service's to say.
pub trait Publishable: Write {
    /// Its schema; a target [accepts](Accepts) it or does not.
    type Schema;

    /// Whether there is nothing to send.
    fn is_empty(&self) -> bool;
}

mod sealed {
    use super::{BodyWriter, HeaderWriter, Realm, RequestError};
    use crate::TraceContext;
    use crate::json::JsonWriter;

    /// What writing events depends on besides themselves.
    #[derive(Debug, Clone, Copy)]
    pub struct WriteContext<'c> {
        pub realm: Realm,
        pub trace: Option<&'c TraceContext<'c>>,
    }

    pub trait Write {
        /// Writes the content type and the body.
        fn write<'w, 'b>(
            &self,
            context: WriteContext<'_>,
            headers: HeaderWriter<'w, 'b>,
        ) -> Result<BodyWriter<'w, 'b>, RequestError>;
    }

    /// An event that can be one of a batch.
    pub trait Event {
        type Schema;

        /// The media type of a batch, which is also how a single event is sent where it must be.
        const BATCH: &'static str;

        /// The media type of a single event to a namespace, if a namespace takes this schema.
        const SINGLE: Option<&'static str>;

        /// Checks the event and writes it as one JSON value.
        fn write_checked(
            &self,
            index: usize,
            context: WriteContext<'_>,
            out: &mut JsonWriter<'_, '_>,
        ) -> Result<(), RequestError>;
    }
}

use sealed::{Event, Write, WriteContext};

impl Event for CloudEvent<'_> {
    type Schema = CloudEvents;

    const BATCH: &'static str = "application/cloudevents-batch+json; charset=utf-8";
    const SINGLE: Option<&'static str> = Some("application/cloudevents+json; charset=utf-8");

    fn write_checked(
        &self,
        index: usize,
        context: WriteContext<'_>,
        out: &mut JsonWriter<'_, '_>,
    ) -> Result<(), RequestError> {
        self.check().map_err(|reason| RequestError::Event { index, reason })?;
        Ok(self.write_traced(context.trace, out)?)
    }
}

impl Event for EventGridEvent<'_> {
    type Schema = EventGridSchema;

    const BATCH: &'static str = "application/json; charset=utf-8";
    const SINGLE: Option<&'static str> = None;

    fn write_checked(
        &self,
        index: usize,
        context: WriteContext<'_>,
        out: &mut JsonWriter<'_, '_>,
    ) -> Result<(), RequestError> {
        self.check(context.realm).map_err(|reason| RequestError::Event { index, reason })?;
        Ok(self.write_json(out)?)
    }
}

impl Event for CustomEvent<'_> {
    type Schema = CustomSchema;

    const BATCH: &'static str = "application/json; charset=utf-8";
    const SINGLE: Option<&'static str> = None;

    fn write_checked(
        &self,
        _: usize,
        _: WriteContext<'_>,
        out: &mut JsonWriter<'_, '_>,
    ) -> Result<(), RequestError> {
        Ok(self.write_json(out)?)
    }
}

impl Write for BinaryMode<'_> {
    fn write<'w, 'b>(
        &self,
        context: WriteContext<'_>,
        headers: HeaderWriter<'w, 'b>,
    ) -> Result<BodyWriter<'w, 'b>, RequestError> {
        if context.realm != Realm::Namespace {
            return Err(RequestError::NotAccepted);
        }
        self.0.check().map_err(|reason| RequestError::Event { index: 0, reason })?;
        BinaryMode::write(*self, context.trace, headers)
    }
}

impl Publishable for BinaryMode<'_> {
    type Schema = BinaryContentMode;

    fn is_empty(&self) -> bool {
        false
    }
}

impl<E: Event> Write for E {
    fn write<'w, 'b>(
        &self,
        context: WriteContext<'_>,
        mut headers: HeaderWriter<'w, 'b>,
    ) -> Result<BodyWriter<'w, 'b>, RequestError> {
        match E::SINGLE {
            Some(content_type) if context.realm == Realm::Namespace => {
                headers.header("content-type", content_type)?;
                let mut body = headers.body();
                self.write_checked(0, context, &mut body.json())?;
                Ok(body)
            }
            _ => core::slice::from_ref(self).write(context, headers),
        }
    }
}

impl<E: Event> Publishable for E {
    type Schema = E::Schema;

    fn is_empty(&self) -> bool {
        false
    }
}

impl<E: Event> Write for [E] {
    fn write<'w, 'b>(
        &self,
        context: WriteContext<'_>,
        mut headers: HeaderWriter<'w, 'b>,
    ) -> Result<BodyWriter<'w, 'b>, RequestError> {
        if context.realm == Realm::Namespace && E::SINGLE.is_none() {
            return Err(RequestError::NotAccepted);
        }
        headers.header("content-type", E::BATCH)?;
        let mut body = headers.body();
        let mut json = body.json();
        json.begin_array()?;
        for (index, event) in self.iter().enumerate() {
            event.write_checked(index, context, &mut json)?;
        }
        json.end_array()?;
        Ok(body)
    }
}

impl<E: Event> Publishable for [E] {
    type Schema = E::Schema;

    fn is_empty(&self) -> bool {
        <[E]>::is_empty(self)
    }
}

macro_rules! like_a_slice {
    ($([$($generics:tt)*] $list:ty),+) => {$(
        impl<$($generics)*> Write for $list {
            fn write<'w, 'b>(
                &self,
                context: WriteContext<'_>,
                headers: HeaderWriter<'w, 'b>,
            ) -> Result<BodyWriter<'w, 'b>, RequestError> {
                self.as_slice().write(context, headers)
            }
        }

        impl<$($generics)*> Publishable for $list {
            type Schema = E::Schema;

            fn is_empty(&self) -> bool {
                self.as_slice().is_empty()
            }
        }
    )+};
}

like_a_slice!([E: Event, const N: usize] [E; N]);
#[cfg(feature = "alloc")]
like_a_slice!([E: Event] alloc::vec::Vec<E>);
