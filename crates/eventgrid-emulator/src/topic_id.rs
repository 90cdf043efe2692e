//! Topics of every kind by one text each, as paths and bodies name them.

use std::fmt;

use super::error::{AdminError, shortened};
use crate::accepted::TargetKind;
use crate::target::Target;

/// `orders` is a topic of the namespace, `basicTopic:invoices` a basic topic, `basicTopic:` that at
/// `/api/events`, `domain:shops` a domain and `partnerChannel:contoso:news` a channel.
/// `namespaceTopic:orders` is the topic of a namespace whatever its name looks like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct TopicId {
    kind: TargetKind,
    name: String,
    channel: String,
}

const PREFIXES: [(&str, TargetKind); 4] = [
    ("namespaceTopic:", TargetKind::NamespaceTopic),
    ("basicTopic:", TargetKind::BasicTopic),
    ("domain:", TargetKind::Domain),
    ("partnerChannel:", TargetKind::PartnerChannel),
];

impl TopicId {
    pub(super) fn of(target: Target<'_>) -> Self {
        let (kind, name, channel) = target.parts();
        Self { kind, name: name.to_owned(), channel: channel.unwrap_or_default().to_owned() }
    }

    pub(super) fn parse(text: &str) -> Result<Self, AdminError> {
        let prefixed = PREFIXES.iter().find_map(|(prefix, kind)| Some((text.strip_prefix(prefix)?, *kind)));
        let (rest, kind) = prefixed.unwrap_or((text, TargetKind::NamespaceTopic));
        let (name, channel) = match kind {
            TargetKind::PartnerChannel => rest.split_once(':').ok_or_else(|| {
                let text = shortened(text);
                AdminError::bad_request(format!(
                    "{text:?} names no channel: write partnerChannel:NAMESPACE:CHANNEL"
                ))
            })?,
            _ => (rest, ""),
        };
        Ok(Self { kind, name: name.to_owned(), channel: channel.to_owned() })
    }

    pub(super) fn target(&self) -> Target<'_> {
        match self.kind {
            TargetKind::NamespaceTopic => Target::NamespaceTopic(&self.name),
            TargetKind::BasicTopic => Target::BasicTopic(&self.name),
            TargetKind::Domain => Target::Domain(&self.name),
            TargetKind::PartnerChannel => {
                Target::PartnerChannel { namespace: &self.name, channel: &self.channel }
            }
        }
    }
}

impl fmt::Display for TopicId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.kind != TargetKind::NamespaceTopic || self.name.contains(':') {
            let prefix = PREFIXES.iter().find(|(_, kind)| *kind == self.kind);
            f.write_str(prefix.map(|(prefix, _)| *prefix).unwrap_or_default())?;
        }
        f.write_str(&self.name)?;
        if self.kind == TargetKind::PartnerChannel { write!(f, ":{}", self.channel) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_target_has_a_text_that_leads_back_to_it() {
        for (target, text) in [
            (Target::NamespaceTopic("orders"), "orders"),
            (Target::NamespaceTopic("domain:x"), "namespaceTopic:domain:x"),
            (Target::BasicTopic("invoices"), "basicTopic:invoices"),
            (Target::BasicTopic(""), "basicTopic:"),
            (Target::Domain("shops"), "domain:shops"),
            (Target::PartnerChannel { namespace: "contoso", channel: "a:b" }, "partnerChannel:contoso:a:b"),
        ] {
            assert_eq!(TopicId::of(target).to_string(), text);
            assert_eq!(TopicId::parse(text).unwrap().target(), target);
        }
        assert!(TopicId::parse("partnerChannel:contoso").is_err());
    }
}
