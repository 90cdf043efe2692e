//! The events that wait to be sent, and which of them may be sent next. Without I/O, clock and
//! locks.

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::time::Duration;

use eventgrid::SendLimits;

use super::SendError;
use super::delivery::{Key, Pending};
use super::load::Load;

/// How many requests in a row may be halved because they timed out.
const MOST_TIMEOUTS: u32 = 4;

/// The events that wait, in lanes: one for each key, and one for events without a key. A lane with
/// a key has at most one request in flight, so its events stay in order however long a request
/// takes.
pub(super) struct Buffer<X, S> {
    /// How large one request may be.
    pub(super) limits: SendLimits,
    /// The largest body to send, in bytes. After a request has timed out, it is below the limit.
    in_time: usize,
    /// How many requests in a row have timed out.
    timeouts: u32,
    /// How many events and bytes may wait.
    pub(super) capacity: SendLimits,
    /// How long an event may wait for others to share its request.
    pub(super) max_delay: Duration,
    lanes: HashMap<Option<Key>, Lane<X, S>>,
    /// The lanes without a request in flight, ordered by their oldest event.
    ready: BTreeMap<u64, Option<Key>>,
    /// The lanes with a request in flight, ordered by their oldest event.
    blocked: BTreeMap<u64, Option<Key>>,
    /// The events of all lanes.
    waiting: Load,
    /// The events of the ready lanes.
    sendable: Load,
    /// The keys of which an event failed.
    paused: HashSet<Key>,
    next_sequence: u64,
    /// Events before this number are sent without delay.
    flush_before: u64,
    /// The oldest event of each batch that was taken out and is not completely reported.
    unreported: BTreeMap<u64, u64>,
    next_batch: u64,
    closed: bool,
    stopped: bool,
}

struct Lane<X, S> {
    events: VecDeque<Pending<X, S>>,
    bytes: usize,
    in_flight: bool,
}

/// Events that were taken out. The caller that took them must report them.
pub(super) struct Batch<X, S> {
    pub(super) events: Vec<Pending<X, S>>,
    pub(super) receipt: Receipt,
}

/// Proof that a batch was taken out, to be returned when all of it is reported.
pub(super) struct Receipt {
    batch: u64,
    keys: Vec<Key>,
}

impl<X, S> Buffer<X, S> {
    pub(super) fn new(limits: SendLimits, capacity: SendLimits, max_delay: Duration) -> Self {
        Self {
            limits,
            in_time: limits.max_bytes,
            timeouts: 0,
            capacity,
            max_delay,
            lanes: HashMap::new(),
            ready: BTreeMap::new(),
            blocked: BTreeMap::new(),
            waiting: Load::default(),
            sendable: Load::default(),
            paused: HashSet::new(),
            next_sequence: 0,
            flush_before: 0,
            unreported: BTreeMap::new(),
            next_batch: 0,
            closed: false,
            stopped: false,
        }
    }

    /// Whether an event of this many bytes can be taken now.
    pub(super) fn admits(&self, key: Option<&Key>, bytes: usize) -> Result<(), SendError> {
        if self.closed {
            return Err(SendError::Closed);
        }
        if key.is_some_and(|key| self.paused.contains(key)) {
            return Err(SendError::Paused);
        }
        let alone = Load::default().with_event(bytes);
        if !alone.fits(self.limits) {
            let limit = self.limits.max_bytes.saturating_sub(Load::default().with_event(0).body());
            return Err(SendError::TooLarge { bytes, limit });
        }
        if self.has_room(bytes) { Ok(()) } else { Err(SendError::Full) }
    }

    /// An empty buffer takes any event that can be sent, however small its capacity.
    fn has_room(&self, bytes: usize) -> bool {
        let with_it = self.waiting.with_event(bytes);
        self.waiting.events == 0
            || (with_it.events <= self.capacity.max_events && with_it.bytes <= self.capacity.max_bytes)
    }

    /// The number that the next event will get.
    pub(super) fn next_sequence(&self) -> u64 {
        self.next_sequence
    }

    /// Adds an event, for which there must be room. Returns whether there may be something to send
    /// now, or the time of the next sending has changed.
    pub(super) fn push(&mut self, event: Pending<X, S>) -> bool {
        self.next_sequence += 1;
        let load = Load::default().with_event(event.bytes());
        let (key, sequence) = (event.key.clone(), event.sequence);
        let lane = self.lanes.entry(key.clone()).or_insert_with(Lane::new);
        let (was_empty, in_flight) = (lane.events.is_empty(), lane.in_flight);
        lane.bytes += load.bytes;
        lane.events.push_back(event);
        self.waiting.add(load);
        if in_flight {
            if was_empty {
                self.blocked.insert(sequence, key);
            }
            return false;
        }
        let first = self.ready.is_empty();
        if was_empty {
            self.ready.insert(sequence, key);
        }
        let limits = self.request_limits();
        let filled = self.sendable.fills(limits);
        self.sendable.add(load);
        first || (!filled && self.sendable.fills(limits))
    }

    /// Removes the oldest events, until there is room for one of this many bytes.
    pub(super) fn displace(&mut self, bytes: usize) -> Option<Batch<X, S>> {
        let mut events = Vec::new();
        while !self.has_room(bytes) {
            let ready = self.ready.first_key_value();
            let blocked = self.blocked.first_key_value();
            let Some(key) = ready.into_iter().chain(blocked).min().map(|(_, key)| key.clone()) else { break };
            events.extend(self.take_from(key, |_| true, 1));
        }
        self.hand_out(events, Vec::new())
    }

    /// Removes the next batch to send, if there is a reason to send one now.
    pub(super) fn take_due(&mut self, now: Duration) -> Option<Batch<X, S>> {
        if !self.is_due(now) {
            return None;
        }
        let (mut events, mut keys) = (Vec::new(), Vec::new());
        let (mut load, limits) = (Load::default(), self.request_limits());
        let mut is_full = false;
        while let Some(key) = self.ready.first_key_value().filter(|_| !is_full).map(|(_, key)| key.clone()) {
            let taken = self.take_from(
                key.clone(),
                |event| {
                    let with_it = load.with_event(event.bytes());
                    is_full = load.events > 0 && !with_it.fits(limits);
                    if !is_full {
                        load = with_it;
                    }
                    !is_full
                },
                usize::MAX,
            );
            if let Some(key) = key.filter(|_| !taken.is_empty()) {
                self.block(&key);
                keys.push(key);
            }
            events.extend(taken);
        }
        self.hand_out(events, keys)
    }

    /// The limits of the next request.
    fn request_limits(&self) -> SendLimits {
        SendLimits { max_bytes: self.limits.max_bytes.min(self.in_time), ..self.limits }
    }

    /// Notes that a request with a body of this many bytes was accepted. The next one may be twice
    /// as large.
    pub(super) fn came_through(&mut self, bytes: usize) {
        self.timeouts = 0;
        if self.in_time < self.limits.max_bytes {
            self.in_time = self.in_time.max(bytes.saturating_mul(2));
        }
    }

    /// Notes that a request with a body of this many bytes has timed out. Returns whether to halve
    /// it; `half` is the size of its larger half. Halving does not help if the network is down, so
    /// only some requests in a row are halved.
    pub(super) fn ran_out_of_time(&mut self, bytes: usize, half: usize) -> bool {
        // Requests that were in flight together count as one. After the first of them has timed
        // out, the others are larger than what is sent now.
        if bytes / 4 * 3 <= self.in_time {
            self.timeouts = self.timeouts.saturating_add(1);
        }
        let goes_on = self.timeouts <= MOST_TIMEOUTS;
        if goes_on {
            self.in_time = self.in_time.min(half);
        }
        goes_on
    }

    /// Whether a request with a body of this many bytes is larger than those that arrive in time.
    pub(super) fn is_too_slow(&self, bytes: usize) -> bool {
        self.timeouts <= MOST_TIMEOUTS && bytes > self.in_time
    }

    fn is_due(&self, now: Duration) -> bool {
        let Some(&oldest) = self.ready.keys().next() else { return false };
        self.closed
            || oldest < self.flush_before
            || self.sendable.fills(self.request_limits())
            || self.due_at().is_some_and(|due_at| due_at <= now)
    }

    /// When a batch must be sent, even if no more events come.
    pub(super) fn due_at(&self) -> Option<Duration> {
        let key = self.ready.values().next()?;
        let oldest = self.lanes.get(key)?.events.front()?;
        Some(oldest.since.saturating_add(self.max_delay))
    }

    /// Takes events from the front of a lane that has some, as long as they are wanted.
    fn take_from(
        &mut self,
        key: Option<Key>,
        mut wanted: impl FnMut(&Pending<X, S>) -> bool,
        max: usize,
    ) -> Vec<Pending<X, S>> {
        let Some(lane) = self.lanes.get_mut(&key) else { return Vec::new() };
        let Some(first) = lane.events.front().map(|event| event.sequence) else { return Vec::new() };
        let count = lane.events.iter().take(max).take_while(|event| wanted(event)).count();
        let taken: Vec<_> = lane.events.drain(..count).collect();
        let load = Load { events: count, bytes: taken.iter().map(Pending::bytes).sum() };
        lane.bytes -= load.bytes;
        self.waiting.subtract(load);
        if !lane.in_flight {
            self.sendable.subtract(load);
        }
        let queue = if lane.in_flight { &mut self.blocked } else { &mut self.ready };
        queue.remove(&first);
        if let Some(front) = lane.events.front() {
            queue.insert(front.sequence, key);
        } else if !lane.in_flight {
            self.lanes.remove(&key);
        }
        taken
    }

    /// Notes that a request with events of this key is sent.
    fn block(&mut self, key: &Key) {
        let lane = self.lanes.entry(Some(Key::clone(key))).or_insert_with(Lane::new);
        lane.in_flight = true;
        self.sendable.subtract(lane.load());
        if let Some(front) = lane.events.front() {
            self.ready.remove(&front.sequence);
            self.blocked.insert(front.sequence, Some(Key::clone(key)));
        }
    }

    fn hand_out(&mut self, events: Vec<Pending<X, S>>, keys: Vec<Key>) -> Option<Batch<X, S>> {
        let oldest = events.iter().map(|event| event.sequence).min()?;
        let batch = self.next_batch;
        self.next_batch += 1;
        self.unreported.insert(batch, oldest);
        Some(Batch { events, receipt: Receipt { batch, keys } })
    }

    /// Notes that a batch is completely reported.
    pub(super) fn finish(&mut self, receipt: Receipt) {
        self.unreported.remove(&receipt.batch);
        for key in receipt.keys {
            let key = Some(key);
            let Some(lane) = self.lanes.get_mut(&key) else { continue };
            lane.in_flight = false;
            let Some(front) = lane.events.front() else {
                self.lanes.remove(&key);
                continue;
            };
            self.blocked.remove(&front.sequence);
            self.ready.insert(front.sequence, key);
            self.sendable.add(lane.load());
        }
    }

    /// Stops taking events of this key, and removes those that wait. The caller must report them.
    pub(super) fn pause(&mut self, key: &Key) -> Vec<Pending<X, S>> {
        self.paused.insert(Key::clone(key));
        self.take_from(Some(Key::clone(key)), |_| true, usize::MAX)
    }

    pub(super) fn resume(&mut self, key: &Key) {
        self.paused.remove(key);
    }

    /// Makes all events that wait now be sent without delay. Returns the number for
    /// [`is_reported`](Self::is_reported).
    pub(super) fn flush(&mut self) -> u64 {
        self.flush_before = self.next_sequence;
        self.flush_before
    }

    /// Whether all events before this number are reported.
    pub(super) fn is_reported(&self, before: u64) -> bool {
        let queued = self.ready.keys().next().into_iter().chain(self.blocked.keys().next());
        queued.chain(self.unreported.values()).all(|oldest| *oldest >= before)
    }

    pub(super) fn close(&mut self) {
        self.closed = true;
    }

    pub(super) fn is_closed(&self) -> bool {
        self.closed
    }

    /// Whether the buffer was closed and every event is reported.
    pub(super) fn is_drained(&self) -> bool {
        self.closed && self.is_reported(u64::MAX)
    }

    /// Notes that the run ends: no more events are taken, and those that wait are removed.
    pub(super) fn stop(&mut self) -> Option<Batch<X, S>> {
        self.closed = true;
        let keys: Vec<_> = self.lanes.keys().cloned().collect();
        let events = keys.into_iter().flat_map(|key| self.take_from(key, |_| true, usize::MAX)).collect();
        self.hand_out(events, Vec::new())
    }

    /// Notes that the run has ended and every event is reported.
    pub(super) fn stopped(&mut self) {
        self.unreported.clear();
        self.stopped = true;
    }

    pub(super) fn is_stopped(&self) -> bool {
        self.stopped
    }

    /// How many batches are taken out and not completely reported.
    pub(super) fn in_flight(&self) -> usize {
        self.unreported.len()
    }

    /// The events that wait.
    pub(super) fn waiting(&self) -> Load {
        self.waiting
    }
}

impl<X, S> Lane<X, S> {
    fn new() -> Self {
        Self { events: VecDeque::new(), bytes: 0, in_flight: false }
    }

    fn load(&self) -> Load {
        Load { events: self.events.len(), bytes: self.bytes }
    }
}
