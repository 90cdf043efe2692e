//! The order of attributes in what is sent.

use std::fmt;
use std::str::FromStr;

use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use rand::{RngCore, SeedableRng};

use super::Event;

/// In which order the attributes of an event come to its consumer. `data` is the last in any.
///
/// ```
/// use eventgrid_emulator::AttributeOrder;
///
/// assert_eq!("published".parse(), Ok(AttributeOrder::Published));
/// assert_eq!(AttributeOrder::default().to_string(), "shuffled");
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum AttributeOrder {
    /// `shuffled`: another one for each event and each call, as recorded from the service. A test
    /// that compares text fails, as it would with the service. With a seed the orders are the same
    /// in each run.
    #[default]
    Shuffled,
    /// `published`: that of the publication.
    Published,
}

/// A text that names no order of attributes: it is `shuffled` or `published`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an order of attributes is shuffled or published")]
pub struct UnknownAttributeOrder;

impl fmt::Display for AttributeOrder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Shuffled => "shuffled",
            Self::Published => "published",
        })
    }
}

impl FromStr for AttributeOrder {
    type Err = UnknownAttributeOrder;

    fn from_str(text: &str) -> Result<Self, UnknownAttributeOrder> {
        let all = [Self::Shuffled, Self::Published];
        all.into_iter().find(|order| order.to_string() == text).ok_or(UnknownAttributeOrder)
    }
}

/// Writes events for their consumers.
#[derive(Debug, Clone)]
pub(crate) struct EventWriter {
    /// None, if attributes stay in the order of their publication.
    random: Option<StdRng>,
}

impl EventWriter {
    /// A writer whose orders follow from `random`.
    pub(crate) fn new(order: AttributeOrder, random: &mut impl RngCore) -> Self {
        let random = StdRng::from_rng(random);
        Self { random: (order == AttributeOrder::Shuffled).then_some(random) }
    }

    /// Writes an event at the end of `out`. One whose attributes have no known places is written as
    /// it is.
    pub(crate) fn write(&mut self, event: &Event, out: &mut Vec<u8>) {
        let (members, has_data) = event.members();
        let Some(random) = self.random.as_mut().filter(|_| members.len() > 1) else {
            return out.extend_from_slice(event.json().as_bytes());
        };
        let mut members: Vec<_> = members.collect();
        let attributes = members.len() - usize::from(has_data);
        members[..attributes].shuffle(random);
        for (index, member) in members.iter().enumerate() {
            out.push(if index == 0 { b'{' } else { b',' });
            out.extend_from_slice(member.as_bytes());
        }
        out.push(b'}');
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use serde_json::Value;

    use super::super::EventBuilder;
    use super::*;

    fn event() -> Event {
        let mut builder = EventBuilder::with_capacity(0);
        for name in ["id", "source", "specversion", "type"] {
            builder.string(name, "x,\"y");
        }
        builder.json("data", r#"{"a":[1,2],"b":","}"#).unwrap();
        builder.build()
    }

    fn write(writer: &mut EventWriter, event: &Event) -> String {
        let mut out = b"before".to_vec();
        writer.write(event, &mut out);
        String::from_utf8(out).unwrap().strip_prefix("before").unwrap().to_owned()
    }

    fn writer(order: AttributeOrder) -> EventWriter {
        EventWriter::new(order, &mut StdRng::seed_from_u64(1))
    }

    #[test]
    fn a_shuffled_event_is_the_same_event_in_any_order_with_its_data_last() {
        let (event, mut writer) = (event(), writer(AttributeOrder::Shuffled));
        let written: HashSet<_> = (0..1000).map(|_| write(&mut writer, &event)).collect();
        assert_eq!(written.len(), 24, "every order of four attributes");
        for text in written {
            assert!(text.ends_with(r#","data":{"a":[1,2],"b":","}}"#), "{text}");
            let value: Value = serde_json::from_str(&text).unwrap();
            assert_eq!(value, event.deserialize::<Value>().unwrap());
        }
    }

    #[test]
    fn the_seed_decides_on_the_orders() {
        let orders = |seed| {
            let mut writer = EventWriter::new(AttributeOrder::Shuffled, &mut StdRng::seed_from_u64(seed));
            (0..10).map(|_| write(&mut writer, &event())).collect::<Vec<_>>()
        };
        assert_eq!(orders(1), orders(1));
        assert_ne!(orders(1), orders(2));
    }

    #[test]
    fn the_order_of_publication_can_be_kept() {
        assert_eq!(write(&mut writer(AttributeOrder::Published), &event()), event().json());
    }

    #[test]
    fn small_events_and_those_without_places_are_written_whole() {
        let mut writer = writer(AttributeOrder::Shuffled);
        assert_eq!(write(&mut writer, &EventBuilder::with_capacity(0).build()), "{}");
        let kept = Event::from_json(r#"{ "b":1, "a":2 }"#.to_owned()).unwrap();
        assert_eq!(write(&mut writer, &kept), kept.json());
        let mut one = EventBuilder::with_capacity(0);
        one.json("data", "1").unwrap();
        assert_eq!(write(&mut writer, &one.build()), r#"{"data":1}"#);
    }
}
