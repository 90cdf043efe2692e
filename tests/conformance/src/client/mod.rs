//! What the clients make of a transport that keeps its promises.

use crate::Row;

pub(crate) fn all() -> impl Iterator<Item = Row> {
    [].into_iter()
}
