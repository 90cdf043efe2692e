//! How many pushes are under way: to each endpoint, and to all together.

use std::collections::HashMap;
use std::hash::Hash;

/// The most to one endpoint. Its other events wait in their queue.
const OF_ONE: usize = 16;

/// From so many on, an endpoint has one under way at most, so that endpoints which do not respond
/// hold up nobody but themselves.
const CROWDED: usize = 256;

/// The same for the bytes of their bodies.
const CROWDED_BYTES: usize = 64 * 1024 * 1024;

/// The most of all.
const OF_ALL: usize = 4096;

/// Counts the pushes that are under way, by what names an endpoint.
#[derive(Debug)]
pub(super) struct PushesUnderWay<K> {
    of: HashMap<K, usize>,
    count: usize,
    bytes: usize,
}

impl<K: Eq + Hash> PushesUnderWay<K> {
    pub(super) fn new() -> Self {
        Self { of: HashMap::new(), count: 0, bytes: 0 }
    }

    /// Whether an endpoint may have another one.
    pub(super) fn has_room(&self, endpoint: &K) -> bool {
        let is_crowded = self.count >= CROWDED || self.bytes >= CROWDED_BYTES;
        let of_one = if is_crowded { 1 } else { OF_ONE };
        self.count < OF_ALL && self.of.get(endpoint).is_none_or(|count| *count < of_one)
    }

    pub(super) fn begin(&mut self, endpoint: K, bytes: usize) {
        *self.of.entry(endpoint).or_default() += 1;
        self.count += 1;
        self.bytes += bytes;
    }

    pub(super) fn end(&mut self, endpoint: &K, bytes: usize) {
        if let Some(count) = self.of.get_mut(endpoint) {
            *count -= 1;
            if *count == 0 {
                self.of.remove(endpoint);
            }
            self.count -= 1;
            self.bytes -= bytes;
        }
    }

    /// The endpoints that any are under way to.
    pub(super) fn endpoints(&self) -> impl Iterator<Item = &K> {
        self.of.keys()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endpoint_that_does_not_respond_leaves_room_for_the_others() {
        let mut pushes = PushesUnderWay::new();
        let full = CROWDED / OF_ONE;
        for id in 0..full {
            for _ in 0..OF_ONE {
                assert!(pushes.has_room(&id));
                pushes.begin(id, 1);
            }
            assert!(!pushes.has_room(&id));
        }
        assert!(pushes.has_room(&full));
        pushes.begin(full, 1);
        assert!(!pushes.has_room(&full), "one each from now on");
        pushes.end(&full, 1);
        assert!(pushes.has_room(&full));
    }

    #[test]
    fn large_bodies_count_by_their_bytes() {
        let mut pushes = PushesUnderWay::new();
        pushes.begin(1, CROWDED_BYTES);
        assert!(!pushes.has_room(&1));
        assert!(pushes.has_room(&2));
        pushes.end(&1, CROWDED_BYTES);
        assert!(pushes.has_room(&1) && pushes.endpoints().next().is_none());
    }
}
