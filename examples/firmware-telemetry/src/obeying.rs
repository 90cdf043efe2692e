//! Pulling commands, acting on them, and acknowledging them.

use core::ops::ControlFlow;

use embassy_time::{Duration, Timer};
use eventgrid::{
    AsyncCredential, AsyncSleep, AsyncTransport, Batch, Buf, Consumer, Error, FailureReason, LockTokens,
    ReceiveOptions, ReceivedEvent, ReleaseDelay, SettleAction,
};
use heapless::Vec;

use crate::{Command, Device};

/// How many commands are pulled at once.
const COMMANDS: usize = 8;

/// How long the service may hold a pull back until there is a command.
const WAIT: core::time::Duration = core::time::Duration::from_secs(30);

/// How long to wait after what cannot be helped.
const PAUSE: Duration = Duration::from_secs(1);

impl Device<'_> {
    /// Obeys commands until one says to restart.
    pub(crate) async fn obey<T: AsyncTransport, E: AsyncSleep, C: AsyncCredential>(
        &self,
        consumer: &Consumer<T, E, C>,
        tx: &mut [u8],
        rx: &mut [u8],
        settled: &mut [u8],
    ) {
        let mut wanted = COMMANDS;
        loop {
            let options =
                ReceiveOptions::new().max_events(u32::try_from(wanted).unwrap_or(1)).max_wait_time(WAIT);
            let mut response = Buf::new(rx);
            match consumer.receive_in(options, &mut Buf::new(tx), &mut response).await {
                Ok(batch) => {
                    wanted = COMMANDS;
                    if self.handle(&batch, consumer, tx, settled).await.is_break() {
                        return;
                    }
                }
                Err(Error::BatchTooLarge(batch)) => {
                    // One that does not fit alone never will; of several, one at a time is asked
                    // for.
                    let action = if wanted == 1 {
                        SettleAction::Reject
                    } else {
                        SettleAction::Release(ReleaseDelay::NoDelay)
                    };
                    wanted = 1;
                    self.settle(action, &batch, consumer, tx, settled).await;
                }
                Err(_) => Timer::after(PAUSE).await,
            }
        }
    }

    /// Acts on each command, then acknowledges all; an event that is not a command is rejected.
    /// Breaks after a restart was asked for.
    async fn handle<T: AsyncTransport, E: AsyncSleep, C: AsyncCredential>(
        &self,
        batch: &Batch<'_>,
        consumer: &Consumer<T, E, C>,
        tx: &mut [u8],
        settled: &mut [u8],
    ) -> ControlFlow<()> {
        let (mut obeyed, mut unknown) =
            (Vec::<ReceivedEvent<'_>, COMMANDS>::new(), Vec::<_, COMMANDS>::new());
        let mut next = ControlFlow::Continue(());
        for received in batch {
            let command = received.event().ok().and_then(|event| Command::read(&event));
            match command {
                Some(Command::SetInterval(interval)) => self.interval.set(interval),
                Some(Command::Restart) => next = ControlFlow::Break(()),
                None => {}
            }
            // There are no more than were asked for; if there were, they would come again.
            let _ = if command.is_some() { obeyed.push(received) } else { unknown.push(received) };
        }
        self.count(|totals| &mut totals.obeyed, u32::try_from(obeyed.len()).unwrap_or(u32::MAX));
        // A command whose acknowledgement fails comes again, which does no harm: each says what is
        // to be, not what is to change.
        let acknowledged = self.settle(SettleAction::Acknowledge, &obeyed, consumer, tx, settled).await;
        self.count(|totals| &mut totals.acknowledged, acknowledged);
        self.settle(SettleAction::Reject, &unknown, consumer, tx, settled).await;
        next
    }

    /// Settles events; how many are, as far as is known.
    async fn settle<T: AsyncTransport, E: AsyncSleep, C: AsyncCredential, L: LockTokens>(
        &self,
        action: SettleAction,
        tokens: &L,
        consumer: &Consumer<T, E, C>,
        tx: &mut [u8],
        settled: &mut [u8],
    ) -> u32 {
        let mut response = Buf::new(settled);
        let settlement = consumer.settle_in(action, tokens, &mut Buf::new(tx), &mut response).await;
        settlement.map_or(0, |settlement| {
            let already = |failed: &eventgrid::FailedLockToken<'_>| {
                failed.reason() == FailureReason::AlreadySettledOrLost
            };
            let settled = settlement.succeeded().count() + settlement.failed().filter(already).count();
            u32::try_from(settled).unwrap_or(u32::MAX)
        })
    }
}
