//! An application that uses its queue through losses of power, and checks it against what it knows.

use std::collections::VecDeque;

use embassy_futures::block_on;
use eventgrid::event::{CloudEventBuf, CloudEventView};
use eventgrid::{CloudEvent, Data};
use eventgrid_flash_queue::{Error, FlashQueue, Peeked};

use crate::simulated_flash::{Failure, SimulatedFlash, Tear};

/// The size of the largest record.
pub(crate) const N: usize = 128;

pub(crate) type Queue<'f, const WORD: usize, const PAGE: usize> =
    FlashQueue<'f, SimulatedFlash<WORD, PAGE>, N>;

/// What the application does.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Step {
    Push,
    PushDroppingOldest,
    PeekAndPop,
    /// Between peeking and popping, the queue runs over.
    DropWhilePublishing,
    OpenAnew,
}

/// Takes the steps. For each loss of power: how many writes and erases before it, since the last
/// one, and what it leaves behind. Returns how many there were.
pub(crate) fn live<const WORD: usize, const PAGE: usize>(
    flash: &mut SimulatedFlash<WORD, PAGE>,
    steps: &[Step],
    losses: impl IntoIterator<Item = (u32, Tear)>,
) -> u32 {
    let mut losses = losses.into_iter();
    flash.power_loss = losses.next();
    let (mut known, mut lost) = (Known::default(), 0);
    let mut steps = steps.iter().copied();
    loop {
        let range = flash.whole();
        let done = block_on(async {
            let mut queue = Queue::open(flash, range).await?;
            known.check(&mut queue).await?;
            for step in steps.by_ref() {
                if let Step::OpenAnew = step {
                    break;
                }
                known.take(step, &mut queue).await?;
            }
            known.check(&mut queue).await
        });
        match done {
            Ok(()) if steps.len() == 0 => return lost,
            Ok(()) => {}
            Err(Error::Flash(Failure::NoPower)) if flash.power_was_lost() => {
                lost += 1;
                flash.power_loss = losses.next();
            }
            Err(error) => panic!("{error:?} after {lost} losses of power"),
        }
    }
}

/// What the application knows: the numbers of the events that are stored for sure, and the one
/// thing that is not sure.
#[derive(Debug, Default)]
struct Known {
    stored: VecDeque<u32>,
    /// An event whose push was not reported.
    pushing: Option<u32>,
    /// How many of the oldest events may be gone, since removing them was not reported.
    removing: usize,
    /// How many events were pushed, or tried to be.
    pushed: u32,
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

    /// Compares what is in the queue with what may be in it, and takes it as known from now on.
    async fn check<const WORD: usize, const PAGE: usize>(
        &mut self,
        queue: &mut Queue<'_, WORD, PAGE>,
    ) -> Result<(), Error<Failure>> {
        let found = numbers(&queue.peek::<64>().await?);
        assert!(self.allows(&found), "{self:?} has become {found:?}");
        assert_eq!((queue.len() as usize, queue.lost()), (found.len(), 0));
        *self = Self { stored: found.into(), pushed: self.pushed, ..Self::default() };
        Ok(())
    }

    async fn take<const WORD: usize, const PAGE: usize>(
        &mut self,
        step: Step,
        queue: &mut Queue<'_, WORD, PAGE>,
    ) -> Result<(), Error<Failure>> {
        match step {
            Step::Push => self.push(queue).await,
            Step::PushDroppingOldest => self.push_dropping_oldest(queue).await.map(|_| ()),
            Step::PeekAndPop => {
                let peeked = self.peek(queue).await?;
                self.pop(queue, &peeked, 0).await
            }
            Step::DropWhilePublishing => {
                let peeked = self.peek(queue).await?;
                let dropped = self.push_dropping_oldest(queue).await?;
                self.pop(queue, &peeked, dropped).await
            }
            Step::OpenAnew => Ok(()),
        }
    }

    async fn push<const WORD: usize, const PAGE: usize>(
        &mut self,
        queue: &mut Queue<'_, WORD, PAGE>,
    ) -> Result<(), Error<Failure>> {
        match queue.push(&self.next_event()).await {
            Err(Error::Full) => {
                assert!(!self.stored.is_empty(), "full of nothing");
                self.pushing = None;
            }
            pushed => {
                pushed?;
                self.stored.extend(self.pushing.take());
            }
        }
        Ok(())
    }

    async fn push_dropping_oldest<const WORD: usize, const PAGE: usize>(
        &mut self,
        queue: &mut Queue<'_, WORD, PAGE>,
    ) -> Result<usize, Error<Failure>> {
        self.removing = self.stored.len();
        let dropped = queue.push_dropping_oldest(&self.next_event()).await? as usize;
        self.stored.drain(..dropped);
        self.stored.extend(self.pushing.take());
        self.removing = 0;
        Ok(dropped)
    }

    async fn peek<const WORD: usize, const PAGE: usize>(
        &self,
        queue: &mut Queue<'_, WORD, PAGE>,
    ) -> Result<Peeked<N, 3>, Error<Failure>> {
        let peeked = queue.peek().await?;
        let oldest: Vec<u32> = self.stored.iter().copied().take(3).collect();
        assert_eq!(numbers(&peeked), oldest);
        Ok(peeked)
    }

    /// Pops what was peeked, of which some may have been dropped.
    async fn pop<const WORD: usize, const PAGE: usize>(
        &mut self,
        queue: &mut Queue<'_, WORD, PAGE>,
        peeked: &Peeked<N, 3>,
        dropped: usize,
    ) -> Result<(), Error<Failure>> {
        self.removing = peeked.len().saturating_sub(dropped);
        assert_eq!(queue.pop(peeked).await? as usize, self.removing);
        self.stored.drain(..self.removing);
        self.removing = 0;
        Ok(())
    }

    fn next_event(&mut self) -> CloudEventBuf<N> {
        let number = self.pushed;
        self.pushed += 1;
        self.pushing = Some(number);
        event(number)
    }
}

/// An event of a size that depends on its number.
pub(crate) fn event(number: u32) -> CloudEventBuf<N> {
    let data = format!("\"{}\"", "x".repeat(number as usize * 7 % 30));
    let id = number.to_string();
    let event = CloudEvent::new(id.as_str(), "b", "R").with_data(Data::raw_json(data).unwrap());
    CloudEventBuf::new(&event).unwrap()
}

pub(crate) fn number_of(event: &CloudEventView<'_>) -> u32 {
    event.id().as_str().unwrap().parse().unwrap()
}

pub(crate) fn numbers<const M: usize>(peeked: &Peeked<N, M>) -> Vec<u32> {
    peeked.events().iter().map(|event| number_of(&event.view().unwrap())).collect()
}
