//! Which configurations make an emulator.

use std::collections::{HashMap, HashSet};

use eventgrid::sas::SasKey;

use super::EmulatorBuilder;
use crate::broker::SubscriptionSettings;
use crate::configuration_error::ConfigurationError;
use crate::fault::check_all;
use crate::name::{NameKind, is_reserved};
#[cfg(feature = "tls")]
use crate::server::TlsSettings;

impl EmulatorBuilder {
    /// Whether an emulator can be built of this.
    pub(crate) fn check(&self) -> Result<(), ConfigurationError> {
        if let Some(error) = &self.refused {
            return Err(error.clone());
        }
        let others = self.resource_keys.iter().chain(&self.topic_keys).map(|(_, key)| key);
        let mut keys = self.keys.iter().chain(others);
        if keys.clone().any(|key| key.expose().is_empty()) {
            return Err(ConfigurationError::EmptyKey);
        }
        if !self.without_sas && keys.any(|key| SasKey::new(key.expose()).is_err()) {
            return Err(ConfigurationError::InvalidKey);
        }
        self.check_names()?;
        if self.bearer_tokens.iter().any(|(token, _)| token.expose().is_empty()) {
            return Err(ConfigurationError::EmptyBearerToken);
        }
        if self.bearer_tokens.iter().any(|(_, roles)| roles.is_empty()) {
            return Err(ConfigurationError::NoRole);
        }
        if let Some(token) = &self.admin_token {
            let token = token.expose();
            let is_token = !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_graphic());
            if !is_token || self.admin.is_none() {
                return Err(ConfigurationError::AdminToken);
            }
        }
        self.check_basic()?;
        self.check_mappings()?;
        self.check_filters()?;
        self.check_dead_lettering()?;
        self.check_push_endpoints()?;
        self.check_subscriptions_of_basic()?;
        check_all(&self.faults)?;
        #[cfg(feature = "tls")]
        self.check_tls()?;
        let own = self.subscriptions.iter().filter_map(|(_, _, settings)| settings.as_ref());
        own.chain([&self.settings]).try_for_each(check_settings)
    }

    #[cfg(feature = "tls")]
    fn check_tls(&self) -> Result<(), ConfigurationError> {
        let is_development =
            matches!(self.tls, Some(TlsSettings::Development | TlsSettings::DevelopmentIn(_)));
        if is_development || self.tls_names.is_empty() { Ok(()) } else { Err(ConfigurationError::TlsName) }
    }

    /// Topics, and the event subscriptions of each.
    fn check_names(&self) -> Result<(), ConfigurationError> {
        let mut topics = Spellings::default();
        for topic in self.topics.iter().chain(self.subscriptions.iter().map(|(topic, ..)| topic)) {
            self.check_name(topic, NameKind::Topic)?;
            topics.add("", topic)?;
        }
        let mut subscriptions = Spellings::default();
        for (topic, name, _) in &self.subscriptions {
            self.check_name(name, NameKind::Subscription)?;
            subscriptions.add(topic, name)?;
        }
        for (topic, _) in &self.topic_keys {
            if !topics.has(topic) {
                return Err(ConfigurationError::KeyOfNothing { name: topic.clone() });
            }
            topics.add("", topic)?;
        }
        Ok(())
    }

    pub(super) fn check_name(&self, name: &str, kind: NameKind) -> Result<(), ConfigurationError> {
        if let Err(expected) = kind.check(name, self.limits) {
            return Err(ConfigurationError::InvalidName { name: name.to_owned(), of: kind.noun(), expected });
        }
        if kind == NameKind::Resource && is_reserved(name) {
            return Err(ConfigurationError::ReservedName { name: name.to_owned() });
        }
        Ok(())
    }

    fn check_basic(&self) -> Result<(), ConfigurationError> {
        let mut names = HashSet::new();
        let mut spellings = Spellings::default();
        for (name, _) in self.basic_topics.iter().chain(&self.domains) {
            self.check_name(name, NameKind::Resource)?;
            spellings.add("", name)?;
            if !names.insert(name) {
                return Err(ConfigurationError::DuplicateName { name: name.clone() });
            }
        }
        let mut channels = HashSet::new();
        for (namespace, channel, _) in &self.partner_channels {
            self.check_name(namespace, NameKind::Resource)?;
            self.check_name(channel, NameKind::Channel)?;
            spellings.add("", namespace)?;
            if names.contains(namespace) {
                return Err(ConfigurationError::DuplicateName { name: namespace.clone() });
            }
            if !channels.insert((namespace, channel.to_ascii_lowercase())) {
                return Err(ConfigurationError::DuplicateName { name: channel.clone() });
            }
        }
        names.extend(self.partner_channels.iter().map(|(namespace, ..)| namespace));
        match self.resource_keys.iter().find(|(name, _)| !names.contains(name)) {
            Some((name, _)) => Err(ConfigurationError::KeyOfNothing { name: name.clone() }),
            None => Ok(()),
        }
    }
}

/// How each name is spelled, with the name of what it belongs to: the service compares names
/// without case.
#[derive(Default)]
struct Spellings<'a>(HashMap<(&'a str, String), &'a str>);

impl<'a> Spellings<'a> {
    /// Whether a name was added in any spelling, as one that belongs to nothing else.
    fn has(&self, name: &'a str) -> bool {
        self.0.contains_key(&("", name.to_lowercase()))
    }

    fn add(&mut self, of: &'a str, name: &'a str) -> Result<(), ConfigurationError> {
        let first = *self.0.entry((of, name.to_lowercase())).or_insert(name);
        if first == name {
            Ok(())
        } else {
            Err(ConfigurationError::NamesDifferInCase { first: first.to_owned(), second: name.to_owned() })
        }
    }
}

pub(super) fn check_settings(settings: &SubscriptionSettings) -> Result<(), ConfigurationError> {
    if settings.lock_duration.is_zero() {
        Err(ConfigurationError::ZeroLockDuration)
    } else if settings.max_delivery_count == 0 {
        Err(ConfigurationError::ZeroMaxDeliveryCount)
    } else if settings.time_to_live.is_zero() {
        Err(ConfigurationError::ZeroTimeToLive)
    } else {
        Ok(())
    }
}
