//! The deliveries that were made last.

use std::collections::VecDeque;

use super::delivered_events::DeliveredEvents;
use super::delivery::{DeliveryCriteria, LoggedDelivery};

/// The deliveries that were made last, bounded in their number and their bytes; the last one is
/// always kept.
#[derive(Debug, Default)]
pub(crate) struct DeliveryLog {
    deliveries: VecDeque<KeptDelivery>,
    /// How many bytes they take.
    size: usize,
    /// The number of the next delivery.
    next: u64,
    /// How many were forgotten to stay within bounds.
    forgotten: u64,
}

/// A delivery without its events, and these: they are put into it when it is shown.
#[derive(Debug)]
struct KeptDelivery {
    delivery: LoggedDelivery,
    events: DeliveredEvents,
}

impl KeptDelivery {
    fn size(&self) -> usize {
        self.delivery.size() + self.events.size()
    }

    fn shown(&self) -> LoggedDelivery {
        LoggedDelivery { events: self.events.shown(), ..self.delivery.clone() }
    }
}

impl DeliveryLog {
    const MAX_DELIVERIES: usize = 1000;
    const MAX_SIZE: usize = 8 * 1024 * 1024;

    /// Adds a delivery, and gives it its number.
    pub(crate) fn add(&mut self, mut delivery: LoggedDelivery, events: DeliveredEvents) {
        delivery.number = self.next;
        self.next += 1;
        let kept = KeptDelivery { delivery, events };
        self.size += kept.size();
        self.deliveries.push_back(kept);
        while self.deliveries.len() > Self::MAX_DELIVERIES
            || self.size > Self::MAX_SIZE && self.deliveries.len() > 1
        {
            let oldest = self.deliveries.pop_front();
            self.size -= oldest.map_or(0, |oldest| oldest.size());
            self.forgotten += 1;
        }
    }

    /// The deliveries that meet the criteria, the oldest first.
    pub(crate) fn find(&self, criteria: &DeliveryCriteria) -> Vec<LoggedDelivery> {
        let found = self.deliveries.iter().rev().filter(|kept| criteria.is_met_by(&kept.delivery));
        let found = found.take(criteria.limit.unwrap_or(usize::MAX));
        let mut found: Vec<_> = found.map(KeptDelivery::shown).collect();
        found.reverse();
        found
    }

    pub(crate) fn forgotten(&self) -> u64 {
        self.forgotten
    }

    /// Forgets all. Numbers go on.
    pub(crate) fn clear(&mut self) {
        *self = Self { next: self.next, ..Self::default() };
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::delivery::{DeliveryKind, NextDelivery};
    use super::*;
    use crate::time::UnixTime;

    fn add(log: &mut DeliveryLog, subscription: &str, count: usize) {
        let mut events = DeliveredEvents::with_capacity(count);
        for _ in 0..count {
            events.push(Some("1"), 1, 1, NextDelivery::Retry(UnixTime::from_secs(1)));
        }
        let delivery = LoggedDelivery {
            number: 0,
            time: UnixTime::default(),
            kind: DeliveryKind::Events,
            topic: "basicTopic:grid".to_owned(),
            subscription: subscription.to_owned(),
            endpoint: "http://localhost/".to_owned(),
            attempt: 1,
            status: Some(503),
            failure: None,
            duration: Duration::from_millis(2),
            events: Vec::new(),
            next: None,
        };
        log.add(delivery, events);
    }

    fn numbers(log: &DeliveryLog, criteria: &DeliveryCriteria) -> Vec<u64> {
        log.find(criteria).iter().map(|delivery| delivery.number).collect()
    }

    #[test]
    fn the_last_thousand_are_kept_and_fewer_if_they_are_large() {
        let mut log = DeliveryLog::default();
        let all = DeliveryCriteria::new();
        (0..1500).for_each(|_| add(&mut log, "billing", 1));
        let kept = numbers(&log, &all);
        assert_eq!((kept.len(), kept[0], log.forgotten()), (1000, 500, 500));
        (0..60).for_each(|_| add(&mut log, "billing", 5000));
        assert!(log.size <= DeliveryLog::MAX_SIZE && numbers(&log, &all).len() < 1000);
        add(&mut log, "billing", 1_000_000);
        assert_eq!(numbers(&log, &all), [1560]);
        log.clear();
        assert_eq!((numbers(&log, &all).len(), log.forgotten(), log.size), (0, 0, 0));
    }

    #[test]
    fn the_latest_that_meet_the_criteria_are_found_in_the_order_in_which_they_were_made() {
        let mut log = DeliveryLog::default();
        for name in ["billing", "audit", "Billing", "billing"] {
            add(&mut log, name, 1);
        }
        let billing = DeliveryCriteria::new().topic("basicTopic:GRID").subscription("BILLING");
        assert_eq!(numbers(&log, &billing), [0, 2, 3]);
        assert_eq!(numbers(&log, &billing.clone().limit(2)), [2, 3]);
        assert_eq!(numbers(&log, &DeliveryCriteria::new().topic("grid")).len(), 0);
        let json = serde_json::to_value(&log.find(&billing)[0]).unwrap();
        assert_eq!(json["events"][0]["next"]["retry"], "1970-01-01T00:00:01.000000000+00:00");
        assert_eq!((&json["durationInSeconds"], &json["kind"]), (&0.002.into(), &"events".into()));
    }
}
