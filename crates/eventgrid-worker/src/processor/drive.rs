//! The loop of a run: waits for whatever happens next, and does what is decided then.

use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use eventgrid::{AsyncCredential, AsyncSleep, AsyncTransport, Batch, Consumer, Error, Settlement};
use futures_util::FutureExt;
use futures_util::future::{AbortHandle, Abortable};
use futures_util::stream::{FuturesUnordered, Stream};

use super::handle::Shared;
use super::held::DeliveryId;
use super::options::Options;
use super::run::{Ended, Run};
use super::settling::SettleCall;
use super::source;
use super::{Answer, Handler};
use crate::spawn::{Panic, Spawner};

/// Something that happened.
enum Happened<X> {
    /// It is time, or a stop was asked for.
    Time,
    Settled(SettleCall, Result<Settlement<'static>, Error<'static, X>>),
    Polled(source::Poll, Result<Batch<'static>, Error<'static, X>>),
    Handled(DeliveryId, Ended),
}

/// Receives, handles and settles until the run is over.
pub(super) async fn drive<T, E, C, S, H>(
    consumers: &[Consumer<T, E, C>],
    options: &Options<T::Error>,
    shared: &Shared,
    spawner: &S,
    handler: &H,
) -> Result<(), Error<'static, T::Error>>
where
    T: AsyncTransport,
    E: AsyncSleep,
    C: AsyncCredential,
    S: Spawner<H::Future>,
    H: Handler,
{
    let Some(first) = consumers.first() else { return Ok(()) };
    let environment = first.client().environment();
    let subscriptions = consumers.iter().map(|consumer| consumer.subscription().clone());
    let mut run = Run::new(options, shared, subscriptions);
    let mut settles = FuturesUnordered::new();
    let mut polls = FuturesUnordered::new();
    let mut tasks = FuturesUnordered::new();
    let mut timer: Option<(Duration, Pin<Box<_>>)> = None;
    let mut stopping = shared.listen();
    loop {
        let now = environment.uptime();
        run.act(now);
        while let Some(call) = run.next_call(now) {
            settles.push(settle(consumers, call));
        }
        while let Some(poll) = run.next_poll(now) {
            polls.push(receive(consumers, poll, options));
        }
        if run.is_over() {
            break;
        }
        match run.deadline() {
            Some(deadline) if timer.as_ref().is_none_or(|(at, _)| deadline < *at) => {
                let sleep = Box::pin(environment.sleep(deadline.saturating_sub(now)));
                timer = Some((deadline, sleep));
            }
            _ => {}
        }
        let happened = poll_fn(|context| {
            if stopping.poll_unpin(context).is_ready() {
                stopping = shared.listen();
                return Poll::Ready(Happened::Time);
            }
            if let Some((call, result)) = next(&mut settles, context) {
                return Poll::Ready(Happened::Settled(call, result));
            }
            if let Some((_, sleep)) = &mut timer {
                if sleep.as_mut().poll(context).is_ready() {
                    timer = None;
                    return Poll::Ready(Happened::Time);
                }
            }
            if let Some((poll, result)) = next(&mut polls, context) {
                return Poll::Ready(Happened::Polled(poll, result));
            }
            if let Some((id, ended)) = next(&mut tasks, context) {
                return Poll::Ready(Happened::Handled(id, ended));
            }
            Poll::Pending
        });
        let happened = happened.await;
        let now = environment.uptime();
        match happened {
            Happened::Time => {}
            Happened::Settled(call, result) => run.settled(call, result, now, environment.random()),
            Happened::Handled(id, ended) => run.handled(id, &ended, now),
            Happened::Polled(poll, result) => {
                for (id, event) in run.polled(poll, result, now, environment.random()) {
                    let (abort, registration) = AbortHandle::new_pair();
                    run.began(id, abort, now);
                    // The handler may panic before there is a future.
                    match catch_unwind(AssertUnwindSafe(|| handler.handle(event))) {
                        Ok(future) => {
                            let task = Abortable::new(spawner.spawn(future), registration);
                            tasks.push(
                                task.map(move |ended| {
                                    (id, ended.map(|ended| ended.map(Answer::into_verdict)))
                                }),
                            );
                        }
                        Err(payload) => run.handled(id, &Ok(Err(Panic::new(&*payload))), now),
                    }
                }
            }
        }
    }
    run.into_error().map_or(Ok(()), Err)
}

async fn settle<T: AsyncTransport, E: AsyncSleep, C: AsyncCredential>(
    consumers: &[Consumer<T, E, C>],
    call: SettleCall,
) -> (SettleCall, Result<Settlement<'static>, Error<'static, T::Error>>) {
    let result = consumers[call.source].settle(call.settling, &call).await;
    (call, result)
}

async fn receive<T: AsyncTransport, E: AsyncSleep, C: AsyncCredential>(
    consumers: &[Consumer<T, E, C>],
    poll: source::Poll,
    options: &Options<T::Error>,
) -> (source::Poll, Result<Batch<'static>, Error<'static, T::Error>>) {
    (poll, consumers[poll.source].receive(options.receive(poll.events)).await)
}

/// What of these is ready.
fn next<F: Future>(futures: &mut FuturesUnordered<F>, context: &mut Context<'_>) -> Option<F::Output> {
    match Pin::new(futures).poll_next(context) {
        Poll::Ready(output) => output,
        Poll::Pending => None,
    }
}
