//! A target that is chosen at run time.

use crate::endpoint::{Endpoint, EndpointKind};
use crate::http::{HeaderWriter, RequestError, UrlWriter};
use crate::target::{
    Accepts, BasicTopic, BinaryContentMode, CloudEvents, CustomSchema, Domain, EventGridSchema,
    NamespaceTopic, PartnerChannel, Target, sealed,
};

/// Any target, for programs that choose at run time. Events that the chosen target does not take
/// are refused when they are published.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum AnyTarget<'t> {
    /// A topic of a namespace.
    NamespaceTopic(NamespaceTopic<'t>),
    /// A custom topic.
    BasicTopic(BasicTopic<'t>),
    /// A domain.
    Domain(Domain<'t>),
    /// A channel of a partner namespace.
    PartnerChannel(PartnerChannel<'t>),
}

impl AnyTarget<'_> {
    fn chosen(&self) -> &dyn Target {
        match self {
            Self::NamespaceTopic(target) => target,
            Self::BasicTopic(target) => target,
            Self::Domain(target) => target,
            Self::PartnerChannel(target) => target,
        }
    }
}

impl sealed::Target for AnyTarget<'_> {
    fn write_url(&self, url: &mut UrlWriter<'_, '_>) -> Result<(), RequestError> {
        self.chosen().write_url(url)
    }

    fn write_headers(&self, headers: &mut HeaderWriter<'_, '_>) -> Result<(), RequestError> {
        self.chosen().write_headers(headers)
    }
}

impl Target for AnyTarget<'_> {
    fn endpoint(&self) -> &Endpoint<'_> {
        self.chosen().endpoint()
    }

    fn endpoint_kind(&self) -> EndpointKind {
        self.chosen().endpoint_kind()
    }

    fn name(&self) -> Option<&str> {
        self.chosen().name()
    }
}

impl Accepts<CloudEvents> for AnyTarget<'_> {}
impl Accepts<BinaryContentMode> for AnyTarget<'_> {}
impl Accepts<EventGridSchema> for AnyTarget<'_> {}
impl Accepts<CustomSchema> for AnyTarget<'_> {}

macro_rules! from {
    ($($target:ident),+) => {$(
        impl<'t> From<$target<'t>> for AnyTarget<'t> {
            fn from(target: $target<'t>) -> Self {
                Self::$target(target)
            }
        }
    )+};
}

from!(NamespaceTopic, BasicTopic, Domain, PartnerChannel);
