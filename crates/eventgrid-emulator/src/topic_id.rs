//! Topics of every kind by one text each: as the admin API, rules, criteria, the journal and
//! metrics name them.

use std::fmt;

use crate::accepted::TargetKind;
use crate::target::Target;

/// `orders` is a topic of the namespace, `basicTopic:invoices` a basic topic, `basicTopic:` that at
/// `/api/events`, `domain:shops` a domain and `partnerChannel:contoso:news` a channel.
/// `namespaceTopic:orders` is the topic of a namespace whatever its name looks like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TopicId {
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
    pub(crate) fn of(target: Target<'_>) -> Self {
        let (kind, name, channel) = target.parts();
        Self { kind, name: name.to_owned(), channel: channel.unwrap_or_default().to_owned() }
    }

    /// The text of a target. Each request has one, so it is made without a detour where it can be.
    pub(crate) fn text(target: Target<'_>) -> String {
        match target {
            Target::NamespaceTopic(name) if !name.contains(':') => name.to_owned(),
            _ => Self::of(target).to_string(),
        }
    }

    /// `None` if it is that of a channel, and names none.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let prefixed = PREFIXES.iter().find_map(|(prefix, kind)| Some((text.strip_prefix(prefix)?, *kind)));
        let (rest, kind) = prefixed.unwrap_or((text, TargetKind::NamespaceTopic));
        let (name, channel) = match kind {
            TargetKind::PartnerChannel => rest.split_once(':')?,
            _ => (rest, ""),
        };
        Some(Self { kind, name: name.to_owned(), channel: channel.to_owned() })
    }

    pub(crate) fn target(&self) -> Target<'_> {
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

/// Whether a topic that is asked for is that of a request. Names are compared without case.
pub(crate) fn is_same_topic(asked: Option<&str>, id: Option<&str>) -> bool {
    let Some(asked) = asked else { return true };
    let is_same = |asked: &TopicId, id: &TopicId| {
        asked.kind == id.kind
            && asked.name.eq_ignore_ascii_case(&id.name)
            && asked.channel.eq_ignore_ascii_case(&id.channel)
    };
    TopicId::parse(asked).zip(id.and_then(TopicId::parse)).is_some_and(|(asked, id)| is_same(&asked, &id))
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
            assert_eq!((TopicId::of(target).to_string(), TopicId::text(target)), (text.into(), text.into()));
            assert_eq!(TopicId::parse(text).unwrap().target(), target);
        }
        assert_eq!(TopicId::parse("partnerChannel:contoso"), None);
    }
}
