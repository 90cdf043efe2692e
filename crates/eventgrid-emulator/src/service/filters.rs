//! Which events an event subscription takes, and why it does not take one.

use eventgrid_filters::{EventError, Explanation, Filter, FilterError};

use super::Emulator;
use crate::broker::{UnknownEvent, compile_options};
use crate::target::Target;

impl Emulator {
    /// Replaces the filter of an event subscription. It applies to events that are published from
    /// then on; those in the queue stay there. [`Filter::new`] matches every event. Returns whether
    /// there is such a subscription.
    ///
    /// On a basic topic with a custom schema, the keys of the filter begin with `data.` and lead
    /// into the event as it is published; its type and subject are where its
    /// [mapping](crate::builder::EmulatorBuilder::input_schema_mapping) says, or else the members
    /// `eventType` and `subject`. On the topic at `/api/events`, which takes any schema, they lead
    /// into every event as it is.
    ///
    /// ```
    /// use eventgrid_emulator::eventgrid_filters::{Clause, Condition, Filter};
    /// use eventgrid_emulator::{Emulator, Target};
    ///
    /// let mut emulator = Emulator::builder().subscription("orders", "billing").build()?;
    /// let orders = Target::NamespaceTopic("orders");
    /// let large = Clause::new("data.total", Condition::NumberGreaterThan(100.0));
    /// assert!(emulator.set_filter(orders, "billing", &Filter::new().clause(large))?);
    ///
    /// let event = r#"{"specversion":"1.0","id":"1","source":"/s","type":"t","data":{"total":50}}"#;
    /// let explanation = emulator.explain(orders, "billing", event)?.unwrap();
    /// assert!(explanation.to_string().ends_with("does not match: the value is 50"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// If the filter goes beyond the limits, which [`Limits::Relaxed`](crate::limits::Limits)
    /// lifts, or has a clause without a meaning.
    pub fn set_filter(
        &mut self,
        target: Target<'_>,
        subscription: &str,
        filter: &Filter,
    ) -> Result<bool, FilterError> {
        let mapping = self.mapping_of(target);
        let compiled = filter.compile_with(&compile_options(mapping.as_ref(), self.limits().of_filters()))?;
        let Some(id) = self.subscription(target, subscription) else { return Ok(false) };
        let compiled = (*filter != Filter::new()).then_some(compiled);
        Ok(self.namespace.with_broker(|broker, _| broker.set_filter(id, compiled)))
    }

    /// Compiles filters anew whose topics have another schema than before.
    pub(crate) fn follow_schemas(&mut self) {
        let targets = self.basic.targets();
        let basic: Vec<_> =
            targets.map(|target| (target.topic_name().into_owned(), self.mapping_of(target))).collect();
        for (name, mapping) in basic {
            self.namespace.with_broker(|broker, _| broker.follow_schema(&name, mapping.as_ref()));
        }
    }

    /// Whether an event subscription would take an event that is published now, and if not, why.
    /// The event is JSON, as it would be published. `None` if there is no such subscription.
    ///
    /// # Errors
    /// If the event is not a JSON object.
    pub fn explain(
        &self,
        target: Target<'_>,
        subscription: &str,
        event: &str,
    ) -> Result<Option<Explanation>, EventError> {
        let Some(id) = self.subscription(target, subscription) else { return Ok(None) };
        let filter = self.namespace.broker().filter(id).cloned().unwrap_or_default();
        filter.explain(event).map(Some)
    }

    /// Does the same for an event in a queue of the topic, by its sequence number there; the queue
    /// may be that of another subscription.
    ///
    /// # Errors
    /// [`UnknownEvent`], if it is not in that queue, or one of the subscriptions does not exist.
    pub fn explain_event(
        &self,
        target: Target<'_>,
        subscription: &str,
        queue: &str,
        sequence_number: u64,
    ) -> Result<Explanation, UnknownEvent> {
        let page = self.peek(target, queue, sequence_number, 1, None).ok_or(UnknownEvent)?;
        let queued = page.events.first().filter(|event| event.sequence_number == sequence_number);
        let event = queued.ok_or(UnknownEvent)?.event.clone();
        self.explain(target, subscription, event.json()).ok().flatten().ok_or(UnknownEvent)
    }
}
