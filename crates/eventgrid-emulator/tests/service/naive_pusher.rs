//! A pusher that is simple enough to be obviously right: it treats each event by itself, with the
//! times of the documentation stated once more.

use std::time::Duration;

use eventgrid_emulator::UnixTime;
use eventgrid_emulator::broker::SubscriptionStats;
use eventgrid_emulator::eventgrid_push::{AttemptResult, DeliveryTier};

/// What became of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It is to be pushed between these moments.
    Waits(UnixTime, UnixTime),
    /// It was pushed then, and no result came yet.
    UnderWay(UnixTime),
    Delivered,
    Refused,
    Exhausted,
    Expired,
}

/// An event, by its number.
#[derive(Debug)]
pub(crate) struct Naive {
    pub(crate) fate: Fate,
    published: UnixTime,
    first: UnixTime,
    attempts: u32,
}

/// A retry policy, and the rules of its tier.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rules {
    pub(crate) tier: DeliveryTier,
    pub(crate) most_attempts: u32,
    pub(crate) time_to_live: Duration,
}

/// How long a result may take until it counts as lost: 30 seconds for a response, and five more.
const LOST: Duration = Duration::from_secs(35);

impl Rules {
    /// Seconds from the first attempt to the one of that number.
    fn offset(self, attempt: u32) -> u64 {
        const BASIC: [u64; 10] = [0, 10, 30, 60, 300, 600, 1800, 3600, 10_800, 21_600];
        const NAMESPACE: [u64; 5] = [0, 10, 30, 60, 300];
        let (table, step) = match self.tier {
            DeliveryTier::Basic => (&BASIC[..], 43_200),
            _ => (&NAMESPACE[..], 300),
        };
        let index = attempt as usize - 1;
        let beyond = (index + 1).saturating_sub(table.len()) as u64;
        table[index.min(table.len() - 1)] + beyond * step
    }

    /// Between which offsets an attempt is planned: a tenth of the wait is added, a minute at most.
    fn planned(self, attempt: u32) -> (Duration, Duration) {
        let (from, before) = (self.offset(attempt), self.offset(attempt - 1));
        let jitter = Duration::from_millis((from - before) * 100).min(Duration::from_secs(60));
        (Duration::from_secs(from), Duration::from_secs(from) + jitter)
    }

    /// The shortest wait after a result; `None` if there is no retry.
    fn least_wait(self, result: AttemptResult) -> Option<u64> {
        let is_basic = self.tier == DeliveryTier::Basic;
        match result {
            AttemptResult::Status(400) => None,
            AttemptResult::Status(404) => is_basic.then_some(300),
            AttemptResult::Status(503) => Some(if is_basic { 30 } else { 0 }),
            AttemptResult::Status(_) => Some(if is_basic { 10 } else { 0 }),
            _ => is_basic.then_some(10),
        }
    }
}

impl Naive {
    pub(crate) fn new(published: UnixTime) -> Self {
        let fate = Fate::Waits(published, published);
        Self { fate, published, first: published, attempts: 0 }
    }

    /// The number of the attempt that begins now. It must be due.
    pub(crate) fn begin(&mut self, now: UnixTime, rules: Rules) -> u32 {
        let Fate::Waits(from, to) = self.fate else { panic!("it is pushed, and was {:?}", self.fate) };
        assert!(from <= now && now <= to, "pushed at {now}, and due from {from} to {to}");
        assert!(now.saturating_since(self.published) < rules.time_to_live, "it is too old at {now}");
        if self.attempts == 0 {
            self.first = now;
        }
        self.attempts += 1;
        self.fate = Fate::UnderWay(now);
        self.attempts
    }

    /// A result of that attempt comes.
    pub(crate) fn end(&mut self, now: UnixTime, attempt: u32, result: AttemptResult, rules: Rules) {
        let is_expected = matches!(self.fate, Fate::UnderWay(since) if now < since + LOST);
        if !is_expected || attempt != self.attempts {
            return;
        }
        self.fate = match (result, rules.least_wait(result)) {
            (AttemptResult::Status(200), _) => Fate::Delivered,
            (_, None) => Fate::Refused,
            _ if attempt >= rules.most_attempts => Fate::Exhausted,
            (_, Some(least)) => self.retried(now + Duration::from_secs(least), rules),
        };
    }

    /// Time has come to `now`: the result of an attempt may be lost.
    pub(crate) fn lose(&mut self, now: UnixTime, rules: Rules) {
        if let Fate::UnderWay(since) = self.fate {
            let lost = since + LOST;
            if lost <= now {
                let is_last = self.attempts >= rules.most_attempts;
                self.fate = if is_last { Fate::Exhausted } else { self.retried(lost, rules) };
            }
        }
    }

    /// All that was due at `now` was pushed.
    pub(crate) fn expire(&mut self, now: UnixTime, rules: Rules) {
        if let Fate::Waits(from, to) = self.fate {
            let ends = self.published + rules.time_to_live;
            if to <= now {
                assert!(ends <= to, "it was due from {from} to {to}, and is not pushed at {now}");
                self.fate = Fate::Expired;
            }
        }
    }

    fn retried(&self, least: UnixTime, rules: Rules) -> Fate {
        let (from, to) = rules.planned(self.attempts + 1);
        Fate::Waits((self.first + from).max(least), (self.first + to).max(least))
    }
}

/// Compares the counts of a queue with those of the model. An event whose retry is due within a
/// span of time may have expired in it.
pub(crate) fn compare(events: &[Naive], stats: &SubscriptionStats, now: UnixTime) {
    let count = |fits: &dyn Fn(&Fate) -> bool| events.iter().filter(|it| fits(&it.fate)).count() as u64;
    assert_eq!(stats.published, events.len() as u64);
    assert_eq!(stats.acknowledged, count(&|fate| *fate == Fate::Delivered));
    assert_eq!(stats.rejected, count(&|fate| *fate == Fate::Refused));
    assert_eq!(stats.exhausted, count(&|fate| *fate == Fate::Exhausted));
    assert_eq!(stats.locked, count(&|fate| matches!(fate, Fate::UnderWay(_))));
    let expired = count(&|fate| *fate == Fate::Expired);
    let in_span = count(&|fate| matches!(fate, Fate::Waits(from, _) if *from <= now));
    assert!(stats.expired >= expired && stats.expired <= expired + in_span, "{stats:?}");
    let alive = count(&|fate| matches!(fate, Fate::Waits(..)));
    assert_eq!(stats.queued + stats.delayed + stats.expired, alive + expired, "nothing is lost");
    assert_eq!(stats.deliveries, events.iter().map(|it| u64::from(it.attempts)).sum::<u64>());
    let again = |it: &Naive| u64::from(it.attempts.saturating_sub(1));
    assert_eq!(stats.redeliveries, events.iter().map(again).sum::<u64>());
}
