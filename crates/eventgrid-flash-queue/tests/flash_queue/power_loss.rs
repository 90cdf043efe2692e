//! Power is lost at every write and every erase of a scripted life, in every way: what was reported
//! still holds.

use embassy_futures::block_on;
use eventgrid_flash_queue::Error;

use crate::life::{Queue, Step, event, live, numbers};
use crate::simulated_flash::{Failure, SimulatedFlash, Tear, next_random};
use crate::wear::{bytes_of_one, same_size};

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

#[test]
fn nothing_reported_is_lost_by_many_losses_soon_after_each_other() {
    let script = script();
    // After the first four, all pages look full, and one without events lies between others.
    for seed in [12885, 20168, 38520, 71050].into_iter().chain(0..100) {
        live(&mut SimulatedFlash::<4, 256>::new(4), &script, random_losses(seed));
        live(&mut SimulatedFlash::<8, 256>::new(4), &script, random_losses(seed));
    }
}

/// Four to eleven losses, most of them within the first writes and erases after the last one.
fn random_losses(seed: u64) -> Vec<(u32, Tear)> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut random = || next_random(&mut state);
    let below = |limit, random: u64| u32::try_from(random % limit).unwrap();
    for _ in 0..4 {
        random();
    }
    let mut losses = vec![(below(120, random()), Tear::Scattered(random() | 1))];
    for _ in 0..3 + random() % 8 {
        let tear = match random() % 8 {
            0 => Tear::Untouched,
            1 => Tear::FirstHalf,
            2 => Tear::SecondHalf,
            3 => Tear::Zeros,
            4 => Tear::Done,
            _ => Tear::Scattered(random() | 1),
        };
        let within = if random() % 5 == 0 { 60 } else { 4 };
        losses.push((below(within, random()), tear));
    }
    losses
}

/// The mark of a page is cut short, then the erasure that repairs this, with zeros as its first
/// step.
#[test]
fn nothing_reported_is_lost_if_all_pages_look_full() {
    let a_page = (256 - 8) / bytes_of_one();
    for (pages, popped) in [(2, 0), (3, 0), (3, 1), (4, a_page), (4, 3 * a_page)] {
        block_on(async {
            let mut flash = SimulatedFlash::<4, 256>::new(pages);
            let range = flash.whole();
            let mut queue = Queue::open(&mut flash, range.clone()).await.unwrap();
            for event in same_size().take((pages - 1) * a_page) {
                queue.push(&event).await.unwrap();
            }
            for _ in 0..popped {
                let oldest = queue.peek::<1>().await.unwrap();
                queue.pop(&oldest).await.unwrap();
            }
            let known = numbers(&queue.peek::<16>().await.unwrap());
            let last = (pages - 1) * 256;
            for page in flash.bytes[..last].chunks_mut(256) {
                page[252..].fill(0);
                page[..4].fill(0);
            }
            flash.bytes[last] = 0xfe;
            flash.power_loss = Some((0, Tear::Zeros));
            let opened = Queue::open(&mut flash, range.clone()).await;
            assert!(matches!(opened, Err(Error::Flash(Failure::NoPower))), "{opened:?}");
            assert!(flash.power_was_lost());
            let mut queue = Queue::open(&mut flash, range).await.unwrap();
            assert_eq!(numbers(&queue.peek::<16>().await.unwrap()), known);
            queue.push(&event(999)).await.unwrap();
            let after = [known, vec![999]].concat();
            assert_eq!(numbers(&queue.peek::<16>().await.unwrap()), after);
        });
    }
}

#[test]
fn a_page_that_was_being_erased_is_erased_when_no_page_has_events() {
    erased_when_no_page_has_events([0xff, 0, 0x21, 0xff]);
}

/// The part that is read first is as it was written.
#[test]
fn a_page_that_was_being_erased_is_erased_when_a_part_of_its_mark_is_whole() {
    erased_when_no_page_has_events([0, 0, 0, 0, 0xff, 0, 0x21, 0xff]);
}

/// Both pages are marked as the one that is being filled, or the only one that is was being erased.
fn erased_when_no_page_has_events<const WORD: usize>(unclean: [u8; WORD]) {
    for (popped, mark) in [(true, [0; WORD]), (true, unclean), (false, unclean)] {
        block_on(async {
            let mut flash = SimulatedFlash::<WORD, 256>::new(2);
            let range = flash.whole();
            if popped {
                let mut queue = Queue::open(&mut flash, range.clone()).await.unwrap();
                queue.push(&event(1)).await.unwrap();
                let peeked = queue.peek::<1>().await.unwrap();
                queue.pop(&peeked).await.unwrap();
            }
            flash.bytes[280..456].fill(0x91);
            flash.bytes[256..256 + WORD].copy_from_slice(&mark);
            let mut queue = Queue::open(&mut flash, range).await.unwrap();
            for number in 0..4 {
                queue.push_dropping_oldest(&event(number)).await.unwrap();
            }
            assert_eq!((queue.lost(), numbers(&queue.peek::<4>().await.unwrap()).last()), (0, Some(&3)));
        });
    }
}
