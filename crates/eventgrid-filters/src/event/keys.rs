//! The keys of filters, as a tree of names.

use std::ops::Range;

use eventgrid::json::JsonStr;

use crate::text;

/// Keys, each of which has a slot.
#[derive(Debug, Clone)]
pub(crate) struct Keys {
    /// The first is the event itself.
    nodes: Vec<Node>,
    /// Whether text without case is asked for, by slot.
    wants_folded: Vec<bool>,
}

/// Names a key of some [`Keys`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Slot(usize);

#[derive(Debug, Clone, Default)]
pub(super) struct Node {
    pub(super) slot: Option<Slot>,
    /// In the order of their folded names; children with the same folded name are beside each
    /// other.
    children: Vec<Child>,
}

#[derive(Debug, Clone)]
pub(super) struct Child {
    pub(super) name: Box<str>,
    folded: Box<str>,
    pub(super) node: usize,
}

impl Keys {
    pub(crate) fn new() -> Self {
        Self { nodes: vec![Node::default()], wants_folded: Vec::new() }
    }

    /// The slot of a key, made if there is none.
    pub(crate) fn slot(&mut self, key: &str, wants_folded: bool) -> Slot {
        let mut node = 0;
        for name in key.split('.') {
            node = self.child(node, name);
        }
        self.take_slot(node, wants_folded)
    }

    fn take_slot(&mut self, node: usize, wants_folded: bool) -> Slot {
        let next = Slot(self.wants_folded.len());
        let slot = *self.nodes[node].slot.get_or_insert(next);
        if slot == next {
            self.wants_folded.push(false);
        }
        self.wants_folded[slot.index()] |= wants_folded;
        slot
    }

    fn child(&mut self, node: usize, name: &str) -> usize {
        let folded = text::fold(name);
        let place = |child: &Child| (*child.folded).cmp(&folded).then_with(|| (*child.name).cmp(name));
        match self.nodes[node].children.binary_search_by(place) {
            Ok(index) => self.nodes[node].children[index].node,
            Err(index) => {
                let new = self.nodes.len();
                self.nodes.push(Node::default());
                let child = Child { name: name.into(), folded: folded.into(), node: new };
                self.nodes[node].children.insert(index, child);
                new
            }
        }
    }

    /// Adds the keys of others, and returns the slots that they have here.
    pub(crate) fn add(&mut self, others: &Self) -> Vec<Slot> {
        let mut slots = vec![Slot(0); others.len()];
        let mut pending = vec![(0, 0)];
        while let Some((theirs, ours)) = pending.pop() {
            let node = &others.nodes[theirs];
            if let Some(slot) = node.slot {
                slots[slot.index()] = self.take_slot(ours, others.wants_folded[slot.index()]);
            }
            for child in &node.children {
                pending.push((child.node, self.child(ours, &child.name)));
            }
        }
        slots
    }

    /// All slots, in order.
    pub(crate) fn slots(&self) -> Vec<Slot> {
        (0..self.len()).map(Slot).collect()
    }

    /// How many slots there are.
    pub(crate) fn len(&self) -> usize {
        self.wants_folded.len()
    }

    pub(super) fn nodes(&self) -> usize {
        self.nodes.len()
    }

    pub(super) fn node(&self, node: usize) -> &Node {
        &self.nodes[node]
    }

    pub(super) fn wants_folded(&self, slot: Slot) -> bool {
        self.wants_folded[slot.index()]
    }
}

impl Slot {
    pub(crate) fn index(self) -> usize {
        self.0
    }
}

impl Node {
    pub(super) fn is_leaf(&self) -> bool {
        self.children.is_empty()
    }

    pub(super) fn children(&self) -> &[Child] {
        &self.children
    }

    /// The children that have this name, without regard to case.
    pub(super) fn named(&self, name: JsonStr<'_>) -> Range<usize> {
        match name.as_str() {
            Some(name) => self.named_by(name),
            None => self.named_by(&name.to_cow()),
        }
    }

    fn named_by(&self, name: &str) -> Range<usize> {
        let start = self.children.partition_point(|child| text::compare_folded(&child.folded, name).is_lt());
        let is_same = |child: &&Child| text::compare_folded(&child.folded, name).is_eq();
        start..start + self.children[start..].iter().take_while(is_same).count()
    }
}
