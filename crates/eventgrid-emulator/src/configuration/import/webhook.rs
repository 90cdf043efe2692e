//! Webhooks of other emulators, as event subscriptions of a basic topic.

use std::net::IpAddr;

use eventgrid_filters::Filter;
use eventgrid_push::DeliveryTier;
use http::Uri;

use super::super::model::{
    BasicResourceConfiguration, BasicSubscriptionConfiguration, DestinationConfiguration, PushConfiguration,
    TextSource,
};
use crate::limits::Limits;
use crate::name::{NameKind, check_name};
use crate::service::check_push_endpoint;
use crate::target::Target;

/// A webhook that is imported.
pub(super) struct Webhook<'v> {
    pub(super) name: &'v str,
    pub(super) url: &'v str,
    pub(super) has_handshake: bool,
    pub(super) filter: Filter,
}

impl Webhook<'_> {
    /// The event subscription of that topic; the error says what to do, and has no value.
    pub(super) fn subscription(
        self,
        of: &BasicResourceConfiguration,
    ) -> Result<BasicSubscriptionConfiguration, String> {
        check_name(self.name, NameKind::Subscription, Limits::Strict)?;
        if of.event_subscriptions.iter().any(|other| other.name.eq_ignore_ascii_case(self.name)) {
            return Err("its name is given twice (case does not matter)".to_owned());
        }
        let mut push = PushConfiguration::new(TextSource::new(self.url));
        push.handshake = self.has_handshake;
        let mut subscription = BasicSubscriptionConfiguration::new(self.name);
        subscription.filter = self.filter;
        subscription.push = Some(push);
        check(of, &subscription)?;
        Ok(subscription)
    }
}

/// The host of a webhook, if it is not this machine.
pub(super) fn other_host(subscription: &BasicSubscriptionConfiguration) -> Option<String> {
    let DestinationConfiguration::WebHook { url } = &subscription.push.as_ref()?.destination else {
        return None;
    };
    let url: Uri = url.text()?.expose().parse().ok()?;
    let host = url.host()?;
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    let is_here = host.eq_ignore_ascii_case("localhost") || address.is_ok_and(|it| it.is_loopback());
    (!is_here).then(|| host.to_owned())
}

/// Whether events of the topic can be pushed so.
pub(super) fn check(
    of: &BasicResourceConfiguration,
    subscription: &BasicSubscriptionConfiguration,
) -> Result<(), String> {
    let Some(push) = &subscription.push else { return Ok(()) };
    let endpoint = push.endpoint(DeliveryTier::Basic).map_err(|error| error.to_string())?;
    let target = Target::BasicTopic(&of.name);
    check_push_endpoint(target, &subscription.name, &endpoint, Some(of.input_schema), |_| false)
        .map_err(|error| error.to_string())
}
