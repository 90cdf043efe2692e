//! The one pass over the text of an event.

use eventgrid::json::{JsonError, Kind, Reader};

use super::error::EventError;
use super::keys::{Keys, Slot};
use super::value::{Content, Found, Scalar};
use crate::text;

/// The values that an event has at some keys.
#[derive(Debug)]
pub(crate) struct Values<'e> {
    found: Vec<Found<'e>>,
    elements: Vec<Scalar<'e>>,
    folded: String,
}

impl<'e> Values<'e> {
    pub(crate) fn get(&self, slot: Slot) -> &Found<'e> {
        &self.found[slot.index()]
    }

    /// The elements of an array.
    pub(crate) fn elements(&self, range: &std::ops::Range<usize>) -> &[Scalar<'e>] {
        &self.elements[range.clone()]
    }

    /// The text of a value without case, if that was asked for.
    pub(crate) fn folded(&self, scalar: &Scalar<'e>) -> &str {
        &self.folded[scalar.folded.clone()]
    }
}

/// Reads an event once and finds the values of the keys.
///
/// # Errors
/// If it is not a JSON object.
pub(crate) fn read<'e>(keys: &Keys, event: &'e str) -> Result<Values<'e>, EventError> {
    let mut found = Vec::new();
    found.resize_with(keys.len(), Found::default);
    let values = Values { found, elements: Vec::new(), folded: String::new() };
    let (likeness, taken) = (vec![Likeness::None; keys.nodes()], Taken::new(keys.nodes()));
    let mut pass = Pass { keys, event, likeness, taken, values };
    let mut reader = Reader::new(event);
    pass.object(&mut reader, 0).map_err(EventError::new)?;
    reader.end().map_err(EventError::new)?;
    Ok(pass.values)
}

struct Pass<'k, 'e> {
    keys: &'k Keys,
    event: &'e str,
    /// How similar the names of the members that were taken are to the keys, by node.
    likeness: Vec<Likeness>,
    taken: Taken,
    values: Values<'e>,
}

/// Which children of each node were taken, as linked lists: an object that is forgotten a hundred
/// thousand times must not take as long as there are keys each time.
struct Taken {
    /// The first of each node.
    first: Vec<usize>,
    /// The one after each.
    next: Vec<usize>,
}

impl Taken {
    const NONE: usize = usize::MAX;

    fn new(nodes: usize) -> Self {
        Self { first: vec![Self::NONE; nodes], next: vec![Self::NONE; nodes] }
    }

    fn add(&mut self, parent: usize, child: usize) {
        self.next[child] = self.first[parent];
        self.first[parent] = child;
    }

    fn pop(&mut self, parent: usize) -> Option<usize> {
        let child = Some(self.first[parent]).filter(|child| *child != Self::NONE)?;
        self.first[parent] = self.next[child];
        Some(child)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Likeness {
    /// There was no such member.
    None,
    WithoutCase,
    Exact,
}

impl<'e> Pass<'_, 'e> {
    /// Recurses only as deep as the reader allows.
    fn object(&mut self, reader: &mut Reader<'e>, node: usize) -> Result<(), JsonError> {
        let keys = self.keys;
        reader.begin_object()?;
        while let Some(name) = reader.next_member()? {
            let named = &keys.node(node).children()[keys.node(node).named(name)];
            let Some((last, others)) = named.split_last() else {
                reader.value()?;
                continue;
            };
            // Keys that differ in case alone read the same value, each for itself.
            for child in others {
                self.member(&mut reader.clone(), likeness(name == *child.name), node, child.node)?;
            }
            self.member(reader, likeness(name == *last.name), node, last.node)?;
        }
        Ok(())
    }

    /// Takes the value of a member, unless a member was taken whose name is more like the key.
    fn member(
        &mut self,
        reader: &mut Reader<'e>,
        likeness: Likeness,
        parent: usize,
        node: usize,
    ) -> Result<(), JsonError> {
        if likeness < self.likeness[node] {
            return reader.value().map(drop);
        }
        if self.likeness[node] > Likeness::None {
            self.forget(node);
        } else {
            self.taken.add(parent, node);
        }
        self.likeness[node] = likeness;
        self.value(reader, node)
    }

    /// Forgets what was found at a node and below it, which is not deeper than the event is.
    fn forget(&mut self, node: usize) {
        if let Some(slot) = self.keys.node(node).slot {
            self.values.found[slot.index()] = Found::Missing;
        }
        while let Some(child) = self.taken.pop(node) {
            self.likeness[child] = Likeness::None;
            self.forget(child);
        }
    }

    fn value(&mut self, reader: &mut Reader<'e>, node: usize) -> Result<(), JsonError> {
        let keys = self.keys;
        let slot = keys.node(node).slot;
        let found = match reader.kind()? {
            Kind::Object => {
                if keys.node(node).is_leaf() {
                    reader.value()?;
                } else {
                    self.object(reader, node)?;
                }
                Found::Object
            }
            Kind::Array => match slot {
                Some(slot) => self.array(reader, slot)?,
                None => return reader.value().map(drop),
            },
            kind => match slot {
                Some(slot) => Found::Scalar(self.scalar(reader, kind, slot)?),
                None => return reader.value().map(drop),
            },
        };
        if let Some(slot) = slot {
            self.values.found[slot.index()] = found;
        }
        Ok(())
    }

    fn array(&mut self, reader: &mut Reader<'e>, slot: Slot) -> Result<Found<'e>, JsonError> {
        let start = reader.offset();
        let first = self.values.elements.len();
        reader.begin_array()?;
        while reader.next_element()? {
            match reader.kind()? {
                Kind::Object | Kind::Array => drop(reader.value()?),
                kind => {
                    let element = self.scalar(reader, kind, slot)?;
                    self.values.elements.push(element);
                }
            }
        }
        let text = self.event.get(start..reader.offset()).unwrap_or_default();
        Ok(Found::Array(text, first..self.values.elements.len()))
    }

    fn scalar(&mut self, reader: &mut Reader<'e>, kind: Kind, slot: Slot) -> Result<Scalar<'e>, JsonError> {
        let content = match kind {
            Kind::String => Content::String(reader.string()?.to_cow()),
            Kind::Number => {
                let text = reader.number()?.as_str();
                Content::Number(text, text.parse().unwrap_or(f64::NAN))
            }
            Kind::Boolean => Content::Boolean(reader.boolean()?),
            _ => {
                reader.null()?;
                Content::Null
            }
        };
        let start = self.values.folded.len();
        if self.keys.wants_folded(slot) {
            let text = match &content {
                Content::String(text) => text.as_ref(),
                Content::Number(text, _) => text,
                Content::Boolean(true) => "true",
                Content::Boolean(false) => "false",
                Content::Null => "",
            };
            text::fold_into(text, &mut self.values.folded);
        }
        Ok(Scalar { content, folded: start..self.values.folded.len() })
    }
}

fn likeness(is_exact: bool) -> Likeness {
    if is_exact { Likeness::Exact } else { Likeness::WithoutCase }
}
