//! Rows as bytes: numbers of a fixed width, the lowest byte first, and texts after their lengths.
//!
//! There is no version in a row. That of all rows is in the table `meta`.

use std::time::Duration;

use bytes::Bytes;
use serde_json::value::RawValue;
use uuid::Uuid;

use crate::broker::{
    DeadLetterReason, Entry, Event, KeptDeadLetter, Moment, QueueHead, SegmentLists, SegmentPlaces, State,
    StoredSegment, StoredSubscription, SubscriptionSettings, SubscriptionStats, outcome_number,
    outcome_of_number,
};
use crate::mqtt::{Qos, Retained};
use crate::service::StoredClock;
use crate::time::UnixTime;

/// Bytes that are no such row: they are damaged, or another program wrote them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it has a row that cannot be read")]
pub(crate) struct InvalidRow;

type Read<T> = Result<T, InvalidRow>;

/// Where the text of an entry's event is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Text<'r> {
    /// In the row itself, if no other queue had the event when it was published.
    Own(&'r str),
    /// In the row of that number, which several queues share.
    Shared(u64),
}

/// What never changes of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct EntryRow<'r> {
    pub(super) published: Moment,
    /// Whether it was published to a namespace.
    pub(super) is_canonical: bool,
    pub(super) text: Text<'r>,
}

const CANONICAL: u8 = 1;
const SHARED: u8 = 2;

/// Beside the quality of service of a message that is retained.
const EXPIRES: u8 = 0x80;

/// From which bit on the byte of a state or a reason has the number of the last outcome.
const OUTCOME: u32 = 2;

impl<'r> EntryRow<'r> {
    pub(super) fn of(entry: &'r Entry, shared: Option<u64>) -> Self {
        let text = shared.map_or(Text::Own(entry.event.json()), Text::Shared);
        Self { published: entry.published, is_canonical: entry.event.is_canonical(), text }
    }

    pub(super) fn write(&self) -> Vec<u8> {
        let mut row = Writer(Vec::with_capacity(32));
        let shared = if matches!(self.text, Text::Shared(_)) { SHARED } else { 0 };
        row.bytes([(u8::from(self.is_canonical) * CANONICAL) | shared]);
        row.moment(self.published);
        match self.text {
            Text::Own(text) => row.0.extend(text.as_bytes()),
            Text::Shared(number) => row.number(number),
        }
        row.0
    }

    pub(super) fn read(bytes: &'r [u8]) -> Read<Self> {
        let mut row = Reader(bytes);
        let [flags] = row.bytes()?;
        if flags & !(CANONICAL | SHARED) != 0 {
            return Err(InvalidRow);
        }
        let published = row.moment()?;
        let text = if flags & SHARED == 0 {
            Text::Own(std::str::from_utf8(std::mem::take(&mut row.0)).map_err(|_| InvalidRow)?)
        } else {
            Text::Shared(row.number()?)
        };
        row.end()?;
        Ok(Self { published, is_canonical: flags & CANONICAL != 0, text })
    }
}

/// An event of its text, which is in the row of its entry or in one that is shared.
pub(super) fn read_event(text: &str, is_canonical: bool) -> Read<Event> {
    let raw: &RawValue = serde_json::from_str(text).map_err(|_| InvalidRow)?;
    let event = if is_canonical { Event::canonical(text).ok_or(InvalidRow)? } else { Event::from_raw(raw) };
    // It was written in its canonical form.
    if event.json() == text { Ok(event) } else { Err(InvalidRow) }
}

/// What became of an entry since it was published. One that was never delivered has no such row.
pub(super) fn write_delivery(entry: &Entry) -> Vec<u8> {
    let mut row = Writer(Vec::with_capacity(29));
    let state = match entry.state {
        State::Available => 0,
        State::Locked => 1,
        State::Delayed => 2,
    };
    row.bytes([state | (outcome_number(entry.outcome) << OUTCOME)]);
    row.moment(entry.until);
    row.moment(entry.locked_since);
    row.number(entry.nonce);
    row.bytes(entry.delivery_count.to_le_bytes());
    row.0
}

/// Reads what became of an entry.
pub(super) fn read_delivery(bytes: &[u8], entry: &mut Entry) -> Read<()> {
    let mut row = Reader(bytes);
    let [state] = row.bytes()?;
    entry.outcome = outcome_of_number(state >> OUTCOME).map_err(|_| InvalidRow)?;
    entry.state = match state & !(u8::MAX << OUTCOME) {
        0 => State::Available,
        1 => State::Locked,
        2 => State::Delayed,
        _ => return Err(InvalidRow),
    };
    entry.until = row.moment()?;
    entry.locked_since = row.moment()?;
    entry.nonce = row.number()?;
    entry.delivery_count = u32::from_le_bytes(row.bytes()?);
    // Who gives back a delivery takes one away.
    if entry.state == State::Locked && entry.delivery_count == 0 {
        return Err(InvalidRow);
    }
    row.end()
}

/// A dead letter with its event, whose text is in no other row.
pub(super) fn write_dead_letter(letter: &KeptDeadLetter) -> Vec<u8> {
    let text = letter.event.json();
    let mut row = Writer(Vec::with_capacity(39 + text.len()));
    row.bytes([u8::from(letter.event.is_canonical()) * CANONICAL]);
    let reason = match letter.reason {
        DeadLetterReason::Rejected => 0,
        DeadLetterReason::Exhausted => 1,
        DeadLetterReason::Expired => 2,
    };
    row.bytes([reason | (outcome_number(letter.outcome) << OUTCOME)]);
    row.bytes(letter.delivery_count.to_le_bytes());
    row.moment(letter.published);
    row.optional(letter.last_delivered);
    row.moment(letter.died);
    row.moment(letter.leaves);
    row.0.extend(text.as_bytes());
    row.0
}

pub(super) fn read_dead_letter(bytes: &[u8]) -> Read<KeptDeadLetter> {
    let mut row = Reader(bytes);
    let is_canonical = match row.bytes()? {
        [0] => false,
        [CANONICAL] => true,
        _ => return Err(InvalidRow),
    };
    let [reason] = row.bytes()?;
    let outcome = outcome_of_number(reason >> OUTCOME).map_err(|_| InvalidRow)?;
    let reason = match reason & !(u8::MAX << OUTCOME) {
        0 => DeadLetterReason::Rejected,
        1 => DeadLetterReason::Exhausted,
        2 => DeadLetterReason::Expired,
        _ => return Err(InvalidRow),
    };
    let delivery_count = u32::from_le_bytes(row.bytes()?);
    let (published, last_delivered) = (row.moment()?, row.optional()?);
    let (died, leaves) = (row.moment()?, row.moment()?);
    let text = std::str::from_utf8(row.0).map_err(|_| InvalidRow)?;
    let event = read_event(text, is_canonical)?;
    Ok(KeptDeadLetter {
        event,
        reason,
        delivery_count,
        outcome,
        published,
        last_delivered,
        died,
        leaves,
        next_attempt: leaves,
        failures: 0,
    })
}

pub(super) fn write_segment(segment: &StoredSegment) -> Vec<u8> {
    let StoredSegment { places, lists } = segment;
    let mut row = Writer(Vec::with_capacity(31));
    for count in [places.filled, places.live, lists.held] {
        row.bytes(u16::try_from(count).unwrap_or(u16::MAX).to_le_bytes());
    }
    row.moment(places.last_published);
    row.moment(lists.first_deadline);
    row.optional(lists.first_returned);
    row.0
}

pub(super) fn read_segment(bytes: &[u8]) -> Read<StoredSegment> {
    let mut row = Reader(bytes);
    let mut count = || row.bytes().map(u16::from_le_bytes).map(usize::from);
    let (filled, live, held) = (count()?, count()?, count()?);
    let places = SegmentPlaces { filled, live, last_published: row.moment()? };
    let lists = SegmentLists { held, first_deadline: row.moment()?, first_returned: row.optional()? };
    row.end()?;
    Ok(StoredSegment { places, lists })
}

pub(super) fn write_subscription(subscription: &StoredSubscription) -> Vec<u8> {
    let StoredSubscription { topic, name, order, head } = subscription;
    let mut row = Writer(Vec::with_capacity(256));
    row.number(*order);
    row.text(topic);
    row.text(name);
    row.bytes(head.guid.into_bytes());
    row.duration(head.settings.lock_duration);
    row.bytes(head.settings.max_delivery_count.to_le_bytes());
    row.duration(head.settings.time_to_live);
    row.number(head.next);
    row.number(head.next_fresh);
    row.optional(head.fresh_published);
    row.number(head.expired_from);
    row.number(head.expired_to);
    row.moment(head.expired_since);
    row.moment(head.last_published);
    row.number(head.locked);
    let counts = &head.counts;
    for count in [
        counts.published,
        counts.acknowledged,
        counts.rejected,
        counts.exhausted,
        counts.expired,
        counts.deliveries,
    ] {
        row.number(count);
    }
    // Rows of before it was counted end here.
    if counts.redeliveries != 0 {
        row.number(counts.redeliveries);
    }
    row.0
}

pub(super) fn read_subscription(bytes: &[u8]) -> Read<StoredSubscription> {
    let mut row = Reader(bytes);
    let order = row.number()?;
    let (topic, name) = (row.text()?, row.text()?);
    let guid = Uuid::from_bytes(row.bytes()?);
    let settings = SubscriptionSettings {
        lock_duration: row.duration()?,
        max_delivery_count: u32::from_le_bytes(row.bytes()?),
        time_to_live: row.duration()?,
    };
    let head = QueueHead {
        guid,
        settings,
        next: row.number()?,
        next_fresh: row.number()?,
        fresh_published: row.optional()?,
        expired_from: row.number()?,
        expired_to: row.number()?,
        expired_since: row.moment()?,
        last_published: row.moment()?,
        locked: row.number()?,
        counts: SubscriptionStats {
            published: row.number()?,
            acknowledged: row.number()?,
            rejected: row.number()?,
            exhausted: row.number()?,
            expired: row.number()?,
            deliveries: row.number()?,
            redeliveries: row.nonzero_at_the_end()?,
            ..SubscriptionStats::default()
        },
    };
    row.end()?;
    Ok(StoredSubscription { topic, name, order, head })
}

pub(super) fn write_clock(clock: &StoredClock) -> Vec<u8> {
    let mut row = Writer(Vec::with_capacity(25));
    row.bytes([u8::from(clock.is_stopped)]);
    row.duration(clock.told);
    row.duration(clock.own);
    row.0
}

pub(super) fn read_clock(bytes: &[u8]) -> Read<StoredClock> {
    let mut row = Reader(bytes);
    let is_stopped = match row.bytes()? {
        [0] => false,
        [1] => true,
        _ => return Err(InvalidRow),
    };
    let clock = StoredClock { is_stopped, told: row.duration()?, own: row.duration()? };
    row.end()?;
    Ok(clock)
}

/// The payload is the rest of the row.
pub(super) fn write_retained(message: &Retained) -> Vec<u8> {
    let mut row = Writer(Vec::with_capacity(34 + message.payload.len()));
    row.bytes([message.qos.number() | if message.expiry.is_some() { EXPIRES } else { 0 }]);
    row.number(message.size as u64);
    row.duration(message.last_modified.as_duration());
    if let Some(expiry) = message.expiry {
        row.duration(expiry.as_duration());
    }
    row.0.extend(&message.payload);
    row.0
}

pub(super) fn read_retained(bytes: &[u8]) -> Read<Retained> {
    let mut row = Reader(bytes);
    let [flags] = row.bytes()?;
    let qos = Qos::from_number(flags & !EXPIRES).ok_or(InvalidRow)?;
    let size = usize::try_from(row.number()?).map_err(|_| InvalidRow)?;
    let last_modified = UnixTime::from_duration(row.duration()?);
    let expiry = if flags & EXPIRES == 0 { None } else { Some(row.duration()?) };
    let payload = Bytes::copy_from_slice(row.0);
    // The size is that of the whole message.
    if size < payload.len() {
        return Err(InvalidRow);
    }
    Ok(Retained { qos, size, payload, expiry: expiry.map(UnixTime::from_duration), last_modified })
}

struct Writer(Vec<u8>);

impl Writer {
    fn bytes<const N: usize>(&mut self, bytes: [u8; N]) {
        self.0.extend(bytes);
    }

    fn number(&mut self, number: u64) {
        self.bytes(number.to_le_bytes());
    }

    fn moment(&mut self, moment: Moment) {
        self.number(moment.to_nanoseconds());
    }

    fn optional(&mut self, moment: Option<Moment>) {
        self.bytes([u8::from(moment.is_some())]);
        self.number(moment.map_or(0, Moment::to_nanoseconds));
    }

    fn duration(&mut self, duration: Duration) {
        self.number(duration.as_secs());
        self.bytes(duration.subsec_nanos().to_le_bytes());
    }

    fn text(&mut self, text: &str) {
        self.number(text.len() as u64);
        self.0.extend(text.as_bytes());
    }
}

struct Reader<'r>(&'r [u8]);

impl Reader<'_> {
    fn bytes<const N: usize>(&mut self) -> Read<[u8; N]> {
        let (bytes, rest) = self.0.split_first_chunk().ok_or(InvalidRow)?;
        self.0 = rest;
        Ok(*bytes)
    }

    fn number(&mut self) -> Read<u64> {
        self.bytes().map(u64::from_le_bytes)
    }

    fn moment(&mut self) -> Read<Moment> {
        self.number().map(Moment::from_nanoseconds)
    }

    fn optional(&mut self) -> Read<Option<Moment>> {
        match (self.bytes()?, self.number()?) {
            ([0], 0) => Ok(None),
            ([1], moment) => Ok(Some(Moment::from_nanoseconds(moment))),
            _ => Err(InvalidRow),
        }
    }

    fn duration(&mut self) -> Read<Duration> {
        let (seconds, nanoseconds) = (self.number()?, u32::from_le_bytes(self.bytes()?));
        if nanoseconds < 1_000_000_000 { Ok(Duration::new(seconds, nanoseconds)) } else { Err(InvalidRow) }
    }

    fn text(&mut self) -> Read<String> {
        let length = usize::try_from(self.number()?).map_err(|_| InvalidRow)?;
        let (text, rest) = self.0.split_at_checked(length).ok_or(InvalidRow)?;
        self.0 = rest;
        std::str::from_utf8(text).map(str::to_owned).map_err(|_| InvalidRow)
    }

    /// Zero, if the row has ended.
    fn nonzero_at_the_end(&mut self) -> Read<u64> {
        if self.0.is_empty() {
            return Ok(0);
        }
        self.number().and_then(|number| if number == 0 { Err(InvalidRow) } else { Ok(number) })
    }

    fn end(&self) -> Read<()> {
        if self.0.is_empty() { Ok(()) } else { Err(InvalidRow) }
    }
}
