//! Publishing: `POST /topics/{topic}:publish` (api-version 2024-06-01).

use core::time::Duration;

use crate::calls::Call;
use crate::credential::Realm;
use crate::encode::{BodyWriter, Encoded, RequestContext, UrlWriter};
use crate::error::{DecodeError, RequestError};
use crate::request::Replay;
use crate::{Binary, Buf, CloudEvent, Endpoint, NamespaceTopic};

/// Publishes one event or a batch to a topic of a namespace.
#[derive(Debug, Clone, Copy)]
pub struct Publish<'c, E: ?Sized> {
    /// Where to.
    pub topic: &'c NamespaceTopic<'c>,
    /// What.
    pub events: &'c E,
}

impl<E: Publishable + ?Sized> Call for Publish<'_, E> {
    type Output<'b> = ();

    fn endpoint(&self) -> &Endpoint<'_> {
        self.topic.endpoint()
    }

    fn realm(&self) -> Realm {
        Realm::Namespace
    }

    fn encode(&self, context: &RequestContext<'_>, tx: &mut Buf<'_>) -> Result<Encoded, RequestError> {
        let mut url = UrlWriter::new(tx, self.topic.endpoint())?;
        url.path("/topics/")?;
        url.segment(self.topic.topic())?;
        url.path(":publish")?;
        url.query("api-version", context.api_version)?;
        let mut headers = url.headers(context)?;
        headers.header("content-type", E::CONTENT_TYPE)?;
        let mut body = headers.body();
        self.events.write(&mut body)?;
        let replay = if context.replay_publish { Replay::Always } else { Replay::OnlyIfNotActedOn };
        Ok(body.end(Duration::ZERO, replay))
    }

    /// A namespace answers `{}` and a basic topic nothing; the status has said all.
    fn decode(&self, _body: Binary<'_>, _replayed: bool) -> Result<(), DecodeError> {
        Ok(())
    }
}

/// What a namespace topic takes in one request: an event, or a batch of them.
///
/// Implemented for [`CloudEvent`], and for slices, arrays and `Vec`s of it. It is sealed: what a topic takes is the
/// service's to say.
pub trait Publishable: sealed::Write {
    /// The media type of the body.
    const CONTENT_TYPE: &'static str;

    /// Whether there is nothing to send.
    fn is_empty(&self) -> bool;
}

pub(crate) mod sealed {
    use super::{BodyWriter, RequestError};

    pub trait Write {
        fn write(&self, body: &mut BodyWriter<'_, '_>) -> Result<(), RequestError>;
    }
}

impl<E: sealed::Write + ?Sized> sealed::Write for &E {
    fn write(&self, body: &mut BodyWriter<'_, '_>) -> Result<(), RequestError> {
        (**self).write(body)
    }
}

impl<E: Publishable + ?Sized> Publishable for &E {
    const CONTENT_TYPE: &'static str = E::CONTENT_TYPE;

    fn is_empty(&self) -> bool {
        (**self).is_empty()
    }
}

impl sealed::Write for CloudEvent<'_> {
    fn write(&self, body: &mut BodyWriter<'_, '_>) -> Result<(), RequestError> {
        self.check().map_err(|reason| RequestError::Event { index: 0, reason })?;
        Ok(self.write_json(&mut body.json())?)
    }
}

impl Publishable for CloudEvent<'_> {
    const CONTENT_TYPE: &'static str = "application/cloudevents+json; charset=utf-8";

    fn is_empty(&self) -> bool {
        false
    }
}

impl sealed::Write for [CloudEvent<'_>] {
    fn write(&self, body: &mut BodyWriter<'_, '_>) -> Result<(), RequestError> {
        let mut json = body.json();
        json.begin_array()?;
        for (index, event) in self.iter().enumerate() {
            event.check().map_err(|reason| RequestError::Event { index, reason })?;
            event.write_json(&mut json)?;
        }
        Ok(json.end_array()?)
    }
}

impl Publishable for [CloudEvent<'_>] {
    const CONTENT_TYPE: &'static str = "application/cloudevents-batch+json; charset=utf-8";

    fn is_empty(&self) -> bool {
        <[CloudEvent<'_>]>::is_empty(self)
    }
}

macro_rules! like_a_slice {
    ($([$($generics:tt)*] $list:ty),+) => {$(
        impl<$($generics)*> sealed::Write for $list {
            fn write(&self, body: &mut BodyWriter<'_, '_>) -> Result<(), RequestError> {
                self.as_slice().write(body)
            }
        }

        impl<$($generics)*> Publishable for $list {
            const CONTENT_TYPE: &'static str = <[CloudEvent<'_>] as Publishable>::CONTENT_TYPE;

            fn is_empty(&self) -> bool {
                self.as_slice().is_empty()
            }
        }
    )+};
}

like_a_slice!([const N: usize] [CloudEvent<'_>; N]);
#[cfg(feature = "alloc")]
like_a_slice!([] alloc::vec::Vec<CloudEvent<'_>>);
