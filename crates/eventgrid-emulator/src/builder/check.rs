//! Which configurations make an emulator.

use std::collections::HashSet;

use super::EmulatorBuilder;
use crate::ConfigurationError;

/// What the paths of everything but basic topics, domains and partner namespaces begin with.
const RESERVED: [&str; 3] = ["api", "emulator", "topics"];

impl EmulatorBuilder {
    /// Whether an emulator can be built of this.
    pub(super) fn check(&self) -> Result<(), ConfigurationError> {
        if self.keys.iter().any(|key| key.0.is_empty()) {
            return Err(ConfigurationError::EmptyKey);
        }
        if self.topics.iter().chain(self.subscriptions.iter().map(|(topic, _)| topic)).any(String::is_empty) {
            return Err(ConfigurationError::EmptyTopic);
        }
        if let Some((topic, _)) = self.subscriptions.iter().find(|(_, name)| name.is_empty()) {
            return Err(ConfigurationError::EmptySubscription { topic: topic.clone() });
        }
        if self.bearer_tokens.iter().any(|token| token.0.is_empty()) {
            return Err(ConfigurationError::EmptyBearerToken);
        }
        self.check_basic()?;
        if self.settings.lock_duration.is_zero() {
            return Err(ConfigurationError::ZeroLockDuration);
        }
        if self.settings.max_delivery_count == 0 {
            return Err(ConfigurationError::ZeroMaxDeliveryCount);
        }
        if self.settings.time_to_live.is_zero() {
            return Err(ConfigurationError::ZeroTimeToLive);
        }
        Ok(())
    }

    fn check_basic(&self) -> Result<(), ConfigurationError> {
        let mut names = HashSet::new();
        for (name, _) in self.basic_topics.iter().chain(&self.domains) {
            check_name(name)?;
            if !names.insert(name) {
                return Err(ConfigurationError::DuplicateName { name: name.clone() });
            }
        }
        let mut channels = HashSet::new();
        for (namespace, channel, _) in &self.partner_channels {
            check_name(namespace)?;
            if names.contains(namespace) {
                return Err(ConfigurationError::DuplicateName { name: namespace.clone() });
            }
            let is_printable = !channel.is_empty() && channel.bytes().all(|byte| byte.is_ascii_graphic());
            if !is_printable || !channels.insert((namespace, channel)) {
                return Err(ConfigurationError::InvalidChannel { namespace: namespace.clone() });
            }
        }
        Ok(())
    }
}

fn check_name(name: &str) -> Result<(), ConfigurationError> {
    if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
        Err(ConfigurationError::InvalidName { name: name.to_owned() })
    } else if RESERVED.contains(&name) {
        Err(ConfigurationError::ReservedName { name: name.to_owned() })
    } else {
        Ok(())
    }
}
