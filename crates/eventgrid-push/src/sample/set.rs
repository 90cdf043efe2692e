//! Setting one value of data by its path.

use std::collections::BTreeMap;

use super::node::Node;

/// The most names in a path: deeper data could not be delivered.
const MOST_NAMES: usize = 100;

/// Sets the value at a path of names. Objects on the path that are missing or null are created.
pub(super) fn set(data: &mut Node, path: &str, value: Node) -> Result<(), SetError> {
    let path_of_error = || path.to_owned();
    if path.split('.').count() > MOST_NAMES {
        return Err(SetError::TooDeep { path: path_of_error() });
    }
    let mut place = data;
    for name in path.split('.') {
        if name.is_empty() {
            return Err(SetError::EmptyName { path: path_of_error() });
        }
        if place.is_null() {
            *place = Node::Object(BTreeMap::new());
        }
        place = match place {
            Node::Object(members) => members.entry(name.to_owned()).or_insert_with(Node::null),
            Node::Array(elements) => {
                let len = elements.len();
                let index = name.parse::<usize>().ok().filter(|index| *index <= len);
                let index = index.ok_or_else(|| SetError::NoIndex { path: path_of_error(), len })?;
                if index == len {
                    elements.push(Node::null());
                }
                // It exists now.
                elements.get_mut(index).ok_or_else(|| SetError::NoIndex { path: path_of_error(), len })?
            }
            Node::Scalar(_) => {
                return Err(SetError::NotAnObject { path: path_of_error(), name: name.to_owned() });
            }
        };
    }
    *place = value;
    Ok(())
}

/// Why a value cannot be set.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SetError {
    /// There is no equals sign.
    #[error("{assignment:?} has no value: write a path, an equals sign and a value, such as data.total=9")]
    NoValue {
        /// What was read.
        assignment: String,
    },
    /// The path does not begin with a part of an event.
    #[error(
        "{path:?} is not a part of an event that can be set: begin with data, id, subject, source (or topic), time or dataVersion"
    )]
    UnknownPart {
        /// The path.
        path: String,
    },
    /// The path leads into an attribute, which is text.
    #[error("{path:?} leads into an attribute, which is text: write its name alone")]
    NotData {
        /// The path.
        path: String,
    },
    /// A name in the path is empty.
    #[error("{path:?} has an empty name in it: write one dot between two names")]
    EmptyName {
        /// The path.
        path: String,
    },
    /// The path leads into a value that has no members.
    #[error("{path:?} cannot be set: what has {name:?} in it is neither an object nor an array")]
    NotAnObject {
        /// The path.
        path: String,
        /// The name that cannot be found there.
        name: String,
    },
    /// The path leads into an array, with what is not the number of an element, nor of the next
    /// one.
    #[error("{path:?} cannot be set: the array has {len} elements, which are numbered from 0")]
    NoIndex {
        /// The path.
        path: String,
        /// How many elements there are.
        len: usize,
    },
    /// The value is JSON that no event has.
    #[error(
        "{path:?} cannot be set: the value is nested too deeply, or the name of a member has half of a surrogate pair"
    )]
    UnreadableValue {
        /// The path.
        path: String,
    },
    /// The event would be nested more deeply than one can be.
    #[error("{path:?} cannot be set: the event would be nested too deeply")]
    TooDeep {
        /// The path.
        path: String,
    },
}

impl SetError {
    /// The same error of a whole path, of which only a part was known.
    pub(super) fn at(mut self, whole: &str) -> Self {
        match &mut self {
            Self::EmptyName { path }
            | Self::NotAnObject { path, .. }
            | Self::NoIndex { path, .. }
            | Self::TooDeep { path } => whole.clone_into(path),
            Self::NoValue { .. }
            | Self::UnknownPart { .. }
            | Self::NotData { .. }
            | Self::UnreadableValue { .. } => {}
        }
        self
    }
}
