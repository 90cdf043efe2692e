//! The broker against a model that is simple enough to be obviously right. Input: operations, each
//! of them a letter and its arguments, which are letters, too; case makes no difference.
//!
//! | letter | what it does |
//! |---|---|
//! | `p` n | publishes n events |
//! | `r` n | receives up to n events |
//! | `a` t, `j` t, `n` t | acknowledges, rejects, or renews the lock of the token with number t |
//! | `d` n, `x` n | resends or removes the dead letter with number n |
//! | `l` t d | releases the token with number t, with one of the five delays |
//! | `t` n | lets n seconds pass; `m` n and `h` n minutes and hours |
//! | `s` n | does n steps of the due work |
//! | anything else | tells the broker what time it is |

#[allow(dead_code, reason = "the tests of the broker call more of it")]
#[path = "../../../crates/eventgrid-emulator/tests/broker/desk.rs"]
mod desk;
#[path = "../../../crates/eventgrid-emulator/tests/broker/naive.rs"]
mod naive;

use naive::{Operation, compare};

/// Runs the check.
///
/// # Panics
/// If the broker does something else than the model.
pub fn check(input: &[u8]) {
    let mut input = input.iter().copied();
    let operations: Vec<_> = std::iter::from_fn(|| operation(&mut input)).take(400).collect();
    compare(&operations);
}

fn operation(input: &mut impl Iterator<Item = u8>) -> Option<Operation> {
    let letter = input.next()?;
    let mut number = || input.next().unwrap_or(0) & 31;
    Some(match letter.to_ascii_lowercase() {
        b'p' => Operation::Publish(number().min(8).into()),
        b'r' => Operation::Receive(number().into()),
        b'a' => Operation::Acknowledge(number().into()),
        b'j' => Operation::Reject(number().into()),
        b'n' => Operation::Renew(number().into()),
        b'l' => Operation::Release(number().into(), [0, 10, 60, 600, 3600][usize::from(number()) % 5]),
        b'd' => Operation::ResendDead(number().into()),
        b'x' => Operation::RemoveDead(number().into()),
        b't' => Operation::Pass(number().into()),
        b'm' => Operation::Pass(u64::from(number()) * 60),
        b'h' => Operation::Pass(u64::from(number()) * 3600),
        b's' => Operation::AdvanceBy(number().into()),
        _ => Operation::Advance,
    })
}
