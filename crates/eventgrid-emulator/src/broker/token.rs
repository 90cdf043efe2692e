//! Lock tokens in the service's shape.
//!
//! The service's tokens are base64 of a small protobuf: field 1 holds, in its own field 1, the GUID
//! of the subscription as text; field 2 holds, in its field 1, 16 random bytes (seen in recordings
//! of api-version 2024-06-01). So a token that nobody could have issued can be told from one that
//! is no longer known.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use uuid::{Builder, Uuid};

/// The 16 bytes of a lock token that name one delivery of one event within its subscription. They
/// hold a random number and, scrambled by it, the sequence number of the event: so the event is
/// found without a table of locks.
pub(super) type LockId = [u8; 16];

/// The bytes for the delivery with that random number.
pub(super) fn lock_id(sequence: u64, nonce: u64) -> LockId {
    let mut id = [0; 16];
    id[..8].copy_from_slice(&nonce.to_be_bytes());
    id[8..].copy_from_slice(&(sequence ^ scramble(nonce)).to_be_bytes());
    id
}

/// The sequence number and the random number of such bytes. Of bytes that nobody issued they are
/// numbers, too.
pub(super) fn parts(id: LockId) -> (u64, u64) {
    let [nonce, scrambled] = [0, 8].map(|at| {
        let bytes = id[at..at + 8].try_into().expect("eight bytes");
        u64::from_be_bytes(bytes)
    });
    (scrambled ^ scramble(nonce), nonce)
}

/// Spreads every bit over the whole number (the last steps of `SplitMix64`), so that a token looks
/// as random as the service's. It keeps no secret.
pub(super) fn scramble(nonce: u64) -> u64 {
    let first = (nonce ^ (nonce >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let second = (first ^ (first >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    second ^ (second >> 31)
}

/// What names an event among those of all queues, for example when it is a dead letter. It follows
/// from the GUID of its subscription and its sequence number, and looks as random as the service's
/// ids.
pub(super) fn event_id(subscription: Uuid, sequence: u64) -> Uuid {
    let spread = u128::from_be_bytes(lock_id(sequence, scramble(sequence)));
    Builder::from_random_bytes((subscription.as_u128() ^ spread).to_be_bytes()).into_uuid()
}

/// Tag of field 1 and of field 2, both with a length before their bytes.
const FIELD_1: u8 = 0x0a;
const FIELD_2: u8 = 0x12;

/// The lock token for one delivery.
pub(super) fn encode(subscription: Uuid, lock: LockId) -> String {
    let mut bytes = Vec::with_capacity(60);
    let mut guid = Uuid::encode_buffer();
    let guid = subscription.hyphenated().encode_upper(&mut guid).as_bytes();
    for (field, value) in [(FIELD_1, guid), (FIELD_2, &lock[..])] {
        let length = u8::try_from(value.len()).expect("36 and 16 fit");
        bytes.extend([field, length + 2, FIELD_1, length]);
        bytes.extend(value);
    }
    STANDARD.encode(bytes)
}

/// The GUID and the random part of `token`, or `None` if it is none that a broker can have issued.
///
/// Both may be of any kind, known or not.
pub(super) fn decode(token: &str) -> Option<Decoded> {
    let bytes = STANDARD.decode(token).ok()?;
    let (subscription, rest) = nested(FIELD_1, &bytes)?;
    let (lock, rest) = nested(FIELD_2, rest)?;
    rest.is_empty().then(|| Decoded { subscription: subscription.to_vec(), lock: lock.try_into().ok() })
}

/// What a lock token says.
pub(super) struct Decoded {
    subscription: Vec<u8>,
    lock: Option<LockId>,
}

impl Decoded {
    /// The lock, if the token names this subscription.
    pub(super) fn lock_of(&self, subscription: Uuid) -> Option<LockId> {
        let mut guid = Uuid::encode_buffer();
        let guid = subscription.hyphenated().encode_upper(&mut guid).as_bytes();
        self.lock.filter(|_| self.subscription == guid)
    }
}

/// The bytes in field 1 of the message in field `tag`, and what follows that message.
fn nested(tag: u8, bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (message, rest) = field(tag, bytes)?;
    let (value, end) = field(FIELD_1, message)?;
    end.is_empty().then_some((value, rest))
}

/// The bytes of field `tag`, and what follows it. Lengths beyond 127 take a second byte and occur
/// in no token.
fn field(tag: u8, bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    match bytes {
        [first, length, rest @ ..] if *first == tag && *length < 0x80 => {
            rest.split_at_checked(usize::from(*length))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GUID: Uuid = Uuid::from_u128(0xED23_FF5F_E409_4A96_8460_F210_63CE_4887);
    const LOCK: LockId = [0, 40, 70, 83, 17, 65, 130, 171, 85, 242, 152, 225, 85, 221, 87, 255];

    #[test]
    fn the_shape_is_that_of_the_service() {
        let token = encode(GUID, LOCK);
        assert!(token.starts_with("CiYKJEVEMjNGRjVGLUU0MDktNEE5Ni04NDYwLUYyMTA2M0NFNDg4NxISChA"), "{token}");
        assert_eq!(decode(&token).unwrap().lock_of(GUID), Some(LOCK));
    }

    #[test]
    fn the_lock_says_which_event_and_which_delivery() {
        for (sequence, nonce) in [(0, 0), (1, u64::MAX), (u64::MAX, 17), (999_999, 0x0123_4567_89ab_cdef)] {
            assert_eq!(parts(lock_id(sequence, nonce)), (sequence, nonce));
        }
        let (sequence, nonce) = parts(LOCK);
        assert_eq!(lock_id(sequence, nonce), LOCK, "any bytes are some event's");
    }

    #[test]
    fn a_token_of_another_subscription_decodes_and_names_no_lock() {
        let token = encode(GUID, LOCK);
        assert_eq!(decode(&token).unwrap().lock_of(Uuid::from_u128(1)), None);
        // {1:{1:"1"},2:{1:"token-1"}}: decodable, issued by nobody.
        assert_eq!(decode("CgMKATESCQoHdG9rZW4tMQ==").unwrap().lock_of(GUID), None);
    }

    #[test]
    fn what_is_not_such_a_token_does_not_decode() {
        let token = encode(GUID, LOCK);
        let cut = &token[..token.len() - 4];
        let longer = format!("{token}AAAA");
        for bad in ["", "faketoken", "Cg", "====", "CgMKATE=", "////", "{}", cut, &longer, " ", "Cv8KATE="] {
            assert!(decode(bad).is_none(), "{bad}");
        }
        // Field 2 where field 1 is due.
        assert!(decode("EgMKATESCQoHdG9rZW4tMQ==").is_none());
    }

    #[test]
    fn what_is_longer_than_a_length_of_one_byte_can_say_does_not_decode() {
        let token = |length: u8| {
            let value = vec![b'1'; usize::from(length)];
            STANDARD
                .encode([&[FIELD_1, length + 2, FIELD_1, length], &value[..], b"\x12\x03\x0a\x011"].concat())
        };
        assert!(decode(&token(125)).is_some());
        assert!(decode(&token(126)).is_none());
    }
}
