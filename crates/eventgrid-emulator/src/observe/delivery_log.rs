//! The deliveries that were made last.

use super::delivered_events::DeliveredEvents;
use super::delivery::{DeliveryCriteria, LoggedDelivery};
use crate::latest::{Kept, Latest};

/// The deliveries that were made last.
pub(crate) type DeliveryLog = Latest<KeptDelivery>;

/// A delivery without its events, and these: they are put into it when it is shown.
#[derive(Debug)]
pub(crate) struct KeptDelivery {
    delivery: LoggedDelivery,
    events: DeliveredEvents,
}

impl Kept for KeptDelivery {
    const MAX_SIZE: usize = 8 * 1024 * 1024;

    fn size(&self) -> usize {
        self.delivery.size() + self.events.size()
    }
}

impl KeptDelivery {
    fn shown(&self) -> LoggedDelivery {
        LoggedDelivery { events: self.events.shown(), ..self.delivery.clone() }
    }
}

impl DeliveryLog {
    /// Adds a delivery, and gives it its number.
    pub(crate) fn add(&mut self, mut delivery: LoggedDelivery, events: DeliveredEvents) {
        delivery.number = self.next_number();
        self.push(KeptDelivery { delivery, events });
    }

    /// The deliveries that meet the criteria, the oldest first.
    pub(crate) fn find(&self, criteria: &DeliveryCriteria) -> Vec<LoggedDelivery> {
        let found = self.iter().rev().filter(|kept| criteria.is_met_by(&kept.delivery));
        let found = found.take(criteria.limit.unwrap_or(usize::MAX));
        let mut found: Vec<_> = found.map(KeptDelivery::shown).collect();
        found.reverse();
        found
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
    fn fewer_are_kept_if_they_have_many_events() {
        let mut log = DeliveryLog::default();
        (0..60).for_each(|_| add(&mut log, "billing", 5000));
        let kept = numbers(&log, &DeliveryCriteria::new());
        assert_eq!((kept.last(), kept.len() as u64), (Some(&59), 60 - log.forgotten()));
        assert!(log.forgotten() > 0 && log.iter().map(Kept::size).sum::<usize>() <= KeptDelivery::MAX_SIZE);
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
