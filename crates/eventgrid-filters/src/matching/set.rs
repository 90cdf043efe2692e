//! Many filters that are applied together.

use std::fmt;

use super::compiled::CompiledFilter;
use crate::event::{EventError, Keys, Slot, read};

/// Filters that are applied to the same events, such as those of all event subscriptions of a
/// topic. Each has its own name.
///
/// An event is read once for all of them.
///
/// ```
/// use eventgrid_filters::{Filter, FilterSet};
///
/// let mut filters = FilterSet::new();
/// filters.insert("billing", &Filter::new().include_event_type("Ordered").compile()?);
/// filters.insert("audit", &Filter::new().compile()?);
/// assert_eq!(filters.matching(r#"{"type":"Shipped"}"#)?, [&"audit"]);
/// assert_eq!(filters.matching(r#"{"type":"Ordered"}"#)?, [&"billing", &"audit"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct FilterSet<N> {
    members: Vec<Member<N>>,
    keys: Keys,
    /// How many members use each key.
    uses: Vec<usize>,
    /// How many keys are used by a member.
    used: usize,
}

#[derive(Clone)]
struct Member<N> {
    name: N,
    filter: CompiledFilter,
    /// Those that the keys of the filter have in the set.
    slots: Vec<Slot>,
}

impl<N: PartialEq> FilterSet<N> {
    /// A set without filters.
    pub fn new() -> Self {
        Self { members: Vec::new(), keys: Keys::new(), uses: Vec::new(), used: 0 }
    }

    /// Adds a filter in place of the one that has this name, or at the end.
    pub fn insert(&mut self, name: N, filter: &CompiledFilter) {
        let Some(index) = self.position(&name) else { return self.add(name, filter.clone()) };
        let member = self.member(name, filter.clone());
        let before = std::mem::replace(&mut self.members[index], member);
        self.release(&before.slots);
    }

    /// Removes the filter of that name. Returns whether there was one.
    pub fn remove(&mut self, name: &N) -> bool {
        let Some(index) = self.position(name) else { return false };
        let removed = self.members.remove(index);
        self.release(&removed.slots);
        true
    }

    fn position(&self, name: &N) -> Option<usize> {
        self.members.iter().position(|member| member.name == *name)
    }

    /// Counts one use of these keys less.
    fn release(&mut self, slots: &[Slot]) {
        for slot in slots {
            self.uses[slot.index()] -= 1;
            self.used -= usize::from(self.uses[slot.index()] == 0);
        }
        if self.used * 2 < self.uses.len() {
            // Keys that no filter uses any more would still be looked for.
            let members = std::mem::take(&mut self.members);
            *self = Self::new();
            for member in members {
                self.add(member.name, member.filter);
            }
        }
    }

    fn add(&mut self, name: N, filter: CompiledFilter) {
        let member = self.member(name, filter);
        self.members.push(member);
    }

    /// A member that uses its keys from now on.
    fn member(&mut self, name: N, filter: CompiledFilter) -> Member<N> {
        let slots = self.keys.add(filter.keys());
        self.uses.resize(self.keys.len(), 0);
        for slot in &slots {
            self.used += usize::from(self.uses[slot.index()] == 0);
            self.uses[slot.index()] += 1;
        }
        Member { name, filter, slots }
    }

    /// The filter of that name.
    pub fn get(&self, name: &N) -> Option<&CompiledFilter> {
        self.members.iter().find(|member| member.name == *name).map(|member| &member.filter)
    }

    /// How many filters there are.
    pub fn len(&self) -> usize {
        self.members.len()
    }

    /// Whether there are no filters.
    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    /// The names of the filters that the event matches, in the order in which they were added.
    ///
    /// # Errors
    /// If the event is not a JSON object.
    pub fn matching(&self, event: &str) -> Result<Vec<&N>, EventError> {
        let values = read(&self.keys, event)?;
        let matches =
            |member: &&Member<N>| member.filter.program().first_failed(&values, &member.slots).is_none();
        Ok(self.members.iter().filter(matches).map(|member| &member.name).collect())
    }
}

impl<N: PartialEq> Default for FilterSet<N> {
    fn default() -> Self {
        Self::new()
    }
}

impl<N: fmt::Debug> fmt::Debug for FilterSet<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.members.iter().map(|member| (&member.name, &member.filter))).finish()
    }
}
