//! Event Grid "Basic": custom topics, domains and partner namespaces (api-version 2018-01-01).

use crate::endpoint::{Endpoint, EndpointKind};
use crate::http::{HeaderWriter, RequestError, UrlWriter};
use crate::target::{
    API_EVENTS, Accepts, CloudEvents, CustomSchema, EventGridSchema, InvalidTarget, Target, basic_endpoint,
    sealed,
};
use crate::text::Text;

macro_rules! basic_target {
    ($(#[$doc:meta])* $name:ident, $endpoint_kind:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub struct $name<'t> {
            endpoint: Endpoint<'t>,
        }

        impl<'t> $name<'t> {
            /// The target at `endpoint`, in any form that [`Endpoint::new`] takes; a missing path
            /// means `/api/events`.
            ///
            /// # Errors
            /// [`InvalidTarget`] says what is wrong with it: it is not an endpoint, it has
            /// `/api/events` twice, or it is that of a topic of a namespace.
            pub fn new(endpoint: impl Into<Text<'t>>) -> Result<Self, InvalidTarget> {
                Ok(Self { endpoint: basic_endpoint(endpoint)? })
            }
        }

        impl sealed::Target for $name<'_> {
            fn write_url(&self, url: &mut UrlWriter<'_, '_>) -> Result<(), RequestError> {
                write_path(&self.endpoint, url)
            }
        }

        impl Target for $name<'_> {
            fn endpoint(&self) -> &Endpoint<'_> {
                &self.endpoint
            }

            fn endpoint_kind(&self) -> EndpointKind {
                EndpointKind::$endpoint_kind
            }
        }

        impl Accepts<CloudEvents> for $name<'_> {}
        impl Accepts<EventGridSchema> for $name<'_> {}
        impl Accepts<CustomSchema> for $name<'_> {}
    };
}

basic_target! {
    /// A custom topic of Event Grid "Basic". It takes the one schema that it was configured for.
    BasicTopic, BasicTopic
}

basic_target! {
    /// A domain of Event Grid "Basic": thousands of topics at one endpoint.
    ///
    /// Each event names the domain topic that it is for, see
    /// [`CloudEvent::for_domain_topic`](crate::CloudEvent::for_domain_topic) and
    /// [`EventGridEvent::for_domain_topic`](crate::event::EventGridEvent::for_domain_topic).
    Domain, Domain
}

/// A channel of a partner namespace of Event Grid "Basic" (header `aeg-channel-name`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartnerChannel<'t> {
    endpoint: Endpoint<'t>,
    channel: Text<'t>,
}

impl<'t> PartnerChannel<'t> {
    /// The channel with this name, in the partner namespace at `endpoint`, in any form that
    /// [`Endpoint::new`] takes; a missing path means `/api/events`.
    ///
    /// # Errors
    /// [`InvalidTarget`] says what is wrong with the endpoint or the name.
    pub fn new(endpoint: impl Into<Text<'t>>, channel: impl Into<Text<'t>>) -> Result<Self, InvalidTarget> {
        let endpoint = basic_endpoint(endpoint)?;
        let channel = channel.into();
        let valid = !channel.is_empty() && channel.bytes().all(|b| b.is_ascii_graphic());
        if valid { Ok(Self { endpoint, channel }) } else { Err(InvalidTarget::Channel) }
    }

    /// The name of the channel.
    pub fn channel(&self) -> &str {
        &self.channel
    }
}

impl sealed::Target for PartnerChannel<'_> {
    fn write_url(&self, url: &mut UrlWriter<'_, '_>) -> Result<(), RequestError> {
        write_path(&self.endpoint, url)
    }

    fn write_headers(&self, headers: &mut HeaderWriter<'_, '_>) -> Result<(), RequestError> {
        headers.header("aeg-channel-name", &self.channel)
    }
}

impl Target for PartnerChannel<'_> {
    fn endpoint(&self) -> &Endpoint<'_> {
        &self.endpoint
    }

    fn endpoint_kind(&self) -> EndpointKind {
        EndpointKind::PartnerNamespace
    }

    fn name(&self) -> Option<&str> {
        Some(&self.channel)
    }
}

impl Accepts<CloudEvents> for PartnerChannel<'_> {}
impl Accepts<EventGridSchema> for PartnerChannel<'_> {}
impl Accepts<CustomSchema> for PartnerChannel<'_> {}

/// The portal shows endpoints with the path; a bare host is completed.
fn write_path(endpoint: &Endpoint<'_>, url: &mut UrlWriter<'_, '_>) -> Result<(), RequestError> {
    if endpoint.base_path().is_empty() { url.path(API_EVENTS) } else { Ok(()) }
}
