//! The faults that there are, and which of them a request meets.

use std::sync::Arc;

use rand::{Rng, SeedableRng, rngs::StdRng};
use serde::{Deserialize, Serialize};

use super::check::{FaultError, check_all};
use super::condition::FaultCondition;
use super::effect::FaultEffect;
use crate::observe::Subject;

/// A fault to inject: which requests it meets, and what it does to them.
///
/// ```
/// use eventgrid_emulator::{Fault, FaultCondition, FaultEffect, Operation};
///
/// let publishes = FaultCondition::new().operation(Operation::Publish).topic("orders").count(2);
/// let fault = Fault::new(publishes, FaultEffect::new().status(503).header("retry-after", "1"));
/// let json = r#"{"when":{"operation":"publish","topic":"orders","count":2},
///                "then":{"status":503,"headers":{"retry-after":"1"}}}"#;
/// assert_eq!(serde_json::from_str::<Fault>(json)?, fault);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct Fault {
    /// Which requests it meets.
    #[serde(default)]
    pub when: FaultCondition,
    /// What it does to them.
    pub then: FaultEffect,
}

impl Fault {
    /// A fault with that effect on requests that meet that condition.
    pub fn new(when: FaultCondition, then: FaultEffect) -> Self {
        Self { when, then }
    }
}

/// A fault and how often it was injected.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct FaultState {
    /// The fault.
    #[serde(flatten)]
    pub fault: Fault,
    /// How many requests had its operation, topic and event subscription, since the faults were
    /// set. A request into which an earlier fault of the list was injected is not counted.
    pub matched: u64,
    /// How many requests it was injected into.
    pub injected: u64,
}

/// All faults.
#[derive(Debug, Default)]
pub(crate) struct FaultInjector {
    rules: Vec<Rule>,
    /// `None` as long as there is no fault.
    random: Option<StdRng>,
}

#[derive(Debug)]
struct Rule {
    when: FaultCondition,
    then: Arc<FaultEffect>,
    matched: u64,
    injected: u64,
}

/// The effect of a fault that a request met.
pub(crate) type Injected = Arc<FaultEffect>;

impl FaultInjector {
    /// Takes other faults, whose probabilities follow from `seed`.
    ///
    /// # Errors
    /// If one of them is not valid; nothing is changed then.
    pub(crate) fn set(&mut self, seed: u64, faults: Vec<Fault>) -> Result<(), FaultError> {
        check_all(&faults)?;
        let rule = |Fault { when, then }| Rule { when, then: Arc::new(then), matched: 0, injected: 0 };
        self.rules = faults.into_iter().map(rule).collect();
        self.random = Some(StdRng::seed_from_u64(seed));
        Ok(())
    }

    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }

    pub(crate) fn states(&self) -> impl Iterator<Item = FaultState> {
        self.rules.iter().map(|rule| FaultState {
            fault: Fault::new(rule.when.clone(), FaultEffect::clone(&rule.then)),
            matched: rule.matched,
            injected: rule.injected,
        })
    }

    /// How often each was injected.
    pub(crate) fn counts(&self) -> Vec<u64> {
        self.rules.iter().map(|rule| rule.injected).collect()
    }

    /// The first fault that a request meets.
    pub(crate) fn meet(&mut self, subject: &Subject) -> Option<Injected> {
        let random = self.random.as_mut()?;
        self.rules.iter_mut().find_map(|rule| rule.meet(subject, random))
    }
}

impl Rule {
    fn meet(&mut self, subject: &Subject, random: &mut StdRng) -> Option<Injected> {
        let when = &self.when;
        if !when.matches(subject) {
            return None;
        }
        self.matched += 1;
        let number = self.matched.checked_sub(when.skip).filter(|number| *number > 0)?;
        let is_met = number % when.every.unwrap_or(1) == 0
            && when.count.is_none_or(|count| self.injected < count)
            && when.probability.is_none_or(|probability| random.random::<f64>() < probability);
        if !is_met {
            return None;
        }
        self.injected += 1;
        Some(Arc::clone(&self.then))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observe::Operation;

    /// Which of so many requests a fault meets, counted from 1.
    fn met(seed: u64, when: FaultCondition, requests: usize) -> Vec<usize> {
        let mut injector = FaultInjector::default();
        injector.set(seed, vec![Fault::new(when, FaultEffect::new().lose_lock())]).unwrap();
        let subject = Subject { operation: Operation::Receive, topic: None, subscription: None };
        (1..=requests).filter(|_| injector.meet(&subject).is_some()).collect()
    }

    #[test]
    fn conditions_are_applied_one_after_the_other() {
        let all = FaultCondition::new;
        assert_eq!(met(1, all(), 3), [1, 2, 3]);
        assert_eq!(met(1, all().skip(2), 4), [3, 4]);
        assert_eq!(met(1, all().every(3), 9), [3, 6, 9]);
        assert_eq!(met(1, all().skip(1).every(2).count(2), 9), [3, 5]);
        assert_eq!(met(1, all().probability(0.0), 100), [0; 0]);
        assert_eq!(met(1, all().probability(1.0).count(1), 9), [1]);
        assert_eq!(met(1, all().operation(Operation::Publish), 9), [0; 0]);
        assert_eq!(met(1, all().topic("orders"), 9), [0; 0]);
    }

    #[test]
    fn the_seed_decides_which_requests_are_met() {
        let half = || FaultCondition::new().probability(0.5);
        assert_eq!(met(1, half(), 100), met(1, half(), 100));
        assert_ne!(met(1, half(), 100), met(2, half(), 100));
        let count = met(1, half(), 1000).len();
        assert!((400..600).contains(&count), "{count}");
    }
}
