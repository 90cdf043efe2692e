//! Power is lost at every write and every erase of a scripted life, in every way: what was reported
//! still holds.

use crate::life::{Step, live};
use crate::simulated_flash::{SimulatedFlash, Tear};

#[test]
fn nothing_reported_is_lost_on_three_pages() {
    every_loss::<4, 512>(3);
}

#[test]
fn nothing_reported_is_lost_on_two_pages() {
    every_loss::<4, 256>(2);
}

#[test]
fn nothing_reported_is_lost_on_a_flash_written_byte_by_byte() {
    every_loss::<1, 256>(4);
}

#[test]
fn nothing_reported_is_lost_on_a_flash_with_long_words() {
    every_loss::<32, 512>(3);
}

/// Loses power at the first operation, at the second, and so on until the script ends without a
/// loss; and again soon after power is back: while the queue is opened, or right after it.
fn every_loss<const WORD: usize, const PAGE: usize>(pages: usize) {
    let script = script();
    let whole = [Tear::Untouched, Tear::FirstHalf, Tear::SecondHalf, Tear::Zeros, Tear::Done];
    let scattered =
        [0x9e37_79b9_7f4a_7c15, 0x3c6e_f372_fe94_f82a, 0xdaa6_6d2b_7ddf_743f].map(Tear::Scattered);
    for tear in whole.into_iter().chain(scattered) {
        for first in 0.. {
            let mut flash = SimulatedFlash::<WORD, PAGE>::new(pages);
            if live(&mut flash, &script, [first, 1, 2, 3].map(|left| (left, tear))) == 0 {
                assert!(first > 100, "the script is too short: {first} writes and erases");
                break;
            }
        }
    }
}

/// Fills the queue, goes round it, runs it over, drains it.
fn script() -> Vec<Step> {
    let mut script = Vec::new();
    for _ in 0..2 {
        script.extend([Step::Push; 5]);
        script.push(Step::PeekAndPop);
        script.extend([Step::Push; 3]);
        script.push(Step::OpenAnew);
        script.extend([Step::PushDroppingOldest; 5]);
        script.push(Step::DropWhilePublishing);
        script.extend([Step::PeekAndPop; 4]);
        script.push(Step::OpenAnew);
    }
    script
}
