//! Retained messages, against a model that knows neither a store nor an order.

use std::collections::BTreeMap;
use std::time::Duration;

use proptest::prelude::*;

use crate::limits::Limits;
use crate::mqtt::{Message, Qos, RetainedMessages, TopicFilter};
use crate::service::EmulatorChanges;
use crate::store::Store;
use crate::time::UnixTime;
use disk::Disk;

/// A message that is to be retained, and deletes the one of its topic if it has no payload.
pub(super) fn message(topic: &str, payload: &str, expiry: Option<u32>) -> Message {
    Message {
        topic: topic.to_owned(),
        qos: Qos::AtLeastOnce,
        retain: true,
        response_topic: None,
        correlation_data: None,
        user_properties: Vec::new(),
        content_type: None,
        expiry,
        is_text: false,
        payload: payload.to_owned().into(),
    }
}

#[derive(Debug, Clone)]
enum Operation {
    /// A topic, a payload, and after how many seconds it expires.
    Put(usize, String, Option<u32>),
    Pass(u64),
    Clear,
    /// The messages of these topics take the place of all.
    Replace(Vec<usize>),
    /// What changed is written.
    Commit,
    /// What changed is written, and read back.
    Reopen,
}

fn operations() -> impl Strategy<Value = Vec<Operation>> {
    let expiry = prop_oneof![Just(None), (0..60u32).prop_map(Some)];
    let operation = prop_oneof![
        10 => (0..6usize, "[a-c]{0,2}", expiry).prop_map(|(topic, payload, expiry)| Operation::Put(topic, payload, expiry)),
        4 => (0..40u64).prop_map(Operation::Pass),
        1 => Just(Operation::Clear),
        1 => prop::collection::vec(0..6usize, 0..4).prop_map(Operation::Replace),
        2 => Just(Operation::Commit),
        4 => Just(Operation::Reopen),
    ];
    prop::collection::vec(operation, 0..60)
}

/// The payload of each topic, and when it expires.
type Model = BTreeMap<String, (String, Option<u64>)>;

/// A broker that is kept on a disk.
struct Kept {
    disk: Disk,
    store: Store,
    retained: RetainedMessages,
}

impl Kept {
    fn open(disk: Disk) -> Self {
        let (store, stored) = Store::open_backend(disk.clone(), 0).unwrap();
        let retained = RetainedMessages::open(stored.retained_messages).unwrap();
        Self { disk, store, retained }
    }

    fn commit(&mut self) {
        let retained_messages = self.retained.take_changes();
        self.store.commit([EmulatorChanges { retained_messages, ..EmulatorChanges::default() }]).unwrap();
        assert_eq!(self.retained.take_changes(), [], "all of it was taken");
    }

    /// The payload of each topic.
    fn all(&mut self, now: UnixTime) -> Vec<(String, String)> {
        let everything = TopicFilter::new("#", Limits::Strict).unwrap();
        let page = self.retained.page(&everything, None, 100, now);
        let payload = |message: &crate::mqtt::Retained| String::from_utf8(message.payload.to_vec()).unwrap();
        page.messages.iter().map(|(topic, message)| ((*topic).to_owned(), payload(message))).collect()
    }
}

fn apply(operation: &Operation, now: &mut UnixTime, kept: &mut Kept, model: &mut Model) {
    let name = |topic: &usize| format!("devices/{topic}");
    match operation {
        Operation::Put(topic, payload, expiry) => {
            let topic = name(topic);
            kept.retained.put(&message(&topic, payload, *expiry), *now, Limits::Strict).unwrap();
            model.remove(&topic);
            if !payload.is_empty() {
                let ends = expiry.map(|seconds| now.as_duration().as_secs() + u64::from(seconds));
                model.insert(topic, (payload.clone(), ends));
            }
        }
        Operation::Pass(seconds) => *now = *now + Duration::from_secs(*seconds),
        Operation::Clear => {
            kept.retained.clear();
            model.clear();
        }
        Operation::Replace(topics) => {
            let mut others = RetainedMessages::default();
            model.clear();
            for topic in topics.iter().map(name) {
                others.put(&message(&topic, "restored", None), *now, Limits::Strict).unwrap();
                model.insert(topic, ("restored".to_owned(), None));
            }
            kept.retained.replace_with(others);
        }
        Operation::Commit => kept.commit(),
        Operation::Reopen => {
            kept.commit();
            kept.store.close();
            *kept = Kept::open(kept.disk.clone());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_retained_after_an_opening_is_what_the_model_has(operations in operations()) {
        let (mut kept, mut model) = (Kept::open(Disk::default()), Model::new());
        let mut now = UnixTime::from_secs(1_000_000);
        for operation in &operations {
            apply(operation, &mut now, &mut kept, &mut model);
            model.retain(|_, (_, ends)| ends.is_none_or(|ends| ends > now.as_duration().as_secs()));
            let expected: Vec<_> =
                model.iter().map(|(topic, (payload, _))| (topic.clone(), payload.clone())).collect();
            prop_assert_eq!(kept.all(now), expected);
        }
    }
}
