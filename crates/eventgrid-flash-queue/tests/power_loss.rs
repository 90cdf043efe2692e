//! Power is lost at every write and every erase of a scripted life, in every way: what was reported holds.

mod simulated_flash;

use std::collections::VecDeque;

use embassy_futures::block_on;
use eventgrid::event::CloudEventBuf;
use eventgrid::{CloudEvent, Data};
use eventgrid_flash_queue::{Error, FlashQueue};
use simulated_flash::{Failure, SimulatedFlash, Tear};

const N: usize = 128;

#[derive(Debug, Clone, Copy)]
enum Step {
    Push,
    PushDroppingOldest,
    PeekAndPop,
    OpenAnew,
}

/// What the application knows: the numbers of the events that are stored for sure, and the one thing that is not sure.
#[derive(Debug, Default)]
struct Known {
    stored: VecDeque<u32>,
    /// An event whose push was not reported.
    pushing: Option<u32>,
    /// How many of the oldest events may be gone, since removing them was not reported.
    removing: usize,
    /// The number of the next event.
    next: u32,
}

impl Known {
    /// Whether the queue may hold these after power was lost.
    fn allows(&self, found: &[u32]) -> bool {
        (0..=self.removing).any(|removed| {
            let mut expected: Vec<u32> = self.stored.iter().skip(removed).copied().collect();
            found == expected || {
                expected.extend(self.pushing);
                found == expected
            }
        })
    }
}

type Queue<'f, const WORD: usize, const PAGE: usize> = FlashQueue<'f, SimulatedFlash<WORD, PAGE>, N>;

#[test]
fn nothing_reported_is_lost_on_pages_of_half_a_kilobyte() {
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

fn every_loss<const WORD: usize, const PAGE: usize>(pages: usize) {
    let script = script();
    let tears = [Tear::Untouched, Tear::FirstHalf, Tear::SecondHalf, Tear::Zeros, Tear::Done]
        .into_iter()
        .chain((1..=4_u64).map(|seed| Tear::Scattered(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15))));
    for tear in tears {
        for first in 0.. {
            let mut flash = SimulatedFlash::<WORD, PAGE>::new(pages);
            flash.power_loss = Some((first, tear));
            let losses = live(&mut flash, &script, tear);
            if losses == 0 {
                assert!(first > 100, "the script is too short: {first}");
                break;
            }
        }
    }
}

/// Fills the queue, goes round it, runs it over, drains it, all with other sizes of events.
fn script() -> Vec<Step> {
    let mut script = Vec::new();
    for round in 0..3 {
        script.extend([Step::Push; 5]);
        script.push(Step::PeekAndPop);
        script.extend([Step::Push; 3]);
        script.push(Step::OpenAnew);
        script.extend(std::iter::repeat_n(Step::PushDroppingOldest, 4 + round));
        script.extend([Step::PeekAndPop; 4]);
        script.push(Step::OpenAnew);
    }
    script
}

/// Lives through the script, and loses power again soon after it is back: while the queue is opened or right behind it.
fn live<const WORD: usize, const PAGE: usize>(
    flash: &mut SimulatedFlash<WORD, PAGE>,
    script: &[Step],
    tear: Tear,
) -> u32 {
    let mut known = Known::default();
    let mut losses = 0;
    let mut steps = script.iter().copied();
    loop {
        let range = flash.whole();
        let done = block_on(async {
            let mut queue = Queue::open(flash, range).await?;
            check(&mut queue, &mut known).await?;
            for step in steps.by_ref() {
                take(&mut queue, step, &mut known).await?;
                if matches!(step, Step::OpenAnew) {
                    break;
                }
            }
            Ok::<_, Error<Failure>>(())
        });
        match done {
            Ok(()) if steps.len() == 0 => return losses,
            Ok(()) => {}
            Err(Error::Flash(Failure::NoPower)) if flash.power_was_lost() => {
                losses += 1;
                if losses < 4 {
                    flash.power_loss = Some((losses, tear));
                }
            }
            Err(error) => panic!("{error:?} after {losses} losses"),
        }
    }
}

/// Compares what is in the queue with what may be in it.
async fn check<const WORD: usize, const PAGE: usize>(
    queue: &mut Queue<'_, WORD, PAGE>,
    known: &mut Known,
) -> Result<(), Error<Failure>> {
    let found: Vec<u32> = queue.peek::<64>().await?.events().iter().map(number).collect();
    assert!(known.allows(&found), "{known:?} has become {found:?}");
    assert_eq!((queue.len() as usize, queue.lost()), (found.len(), 0));
    *known = Known { stored: found.into(), next: known.next, ..Known::default() };
    Ok(())
}

async fn take<const WORD: usize, const PAGE: usize>(
    queue: &mut Queue<'_, WORD, PAGE>,
    step: Step,
    known: &mut Known,
) -> Result<(), Error<Failure>> {
    match step {
        Step::Push => {
            known.pushing = Some(known.next);
            known.next += 1;
            match queue.push(&event(known.next - 1)).await {
                Ok(()) => known.stored.extend(known.pushing.take()),
                Err(Error::Full) => known.pushing = None,
                Err(error) => return Err(error),
            }
        }
        Step::PushDroppingOldest => {
            known.pushing = Some(known.next);
            known.next += 1;
            known.removing = known.stored.len();
            let dropped = queue.push_dropping_oldest(&event(known.next - 1)).await?;
            known.stored.drain(..dropped as usize);
            known.removing = 0;
            known.stored.extend(known.pushing.take());
        }
        Step::PeekAndPop => {
            let batch = queue.peek::<3>().await?;
            let peeked: Vec<u32> = batch.events().iter().map(number).collect();
            assert!(known.stored.iter().copied().take(3).eq(peeked.iter().copied()));
            known.removing = peeked.len();
            assert_eq!(queue.pop(&batch).await? as usize, peeked.len());
            known.removing = 0;
            known.stored.drain(..peeked.len());
        }
        Step::OpenAnew => {}
    }
    Ok(())
}

/// An event of a size that depends on its number.
fn event(number: u32) -> CloudEventBuf<N> {
    let data = format!("\"{}\"", "x".repeat(number as usize * 7 % 30));
    let id = number.to_string();
    let event = CloudEvent::new(id.as_str(), "b", "R").with_data(Data::raw_json(data).unwrap());
    CloudEventBuf::new(&event).unwrap()
}

fn number(event: &CloudEventBuf<N>) -> u32 {
    event.view().unwrap().id().as_str().unwrap().parse().unwrap()
}
