//! The loop of a run: waits for the next thing to happen, and carries out what the run decides.

use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use eventgrid::calls::Receive;
use eventgrid::{AsyncCredential, AsyncSleep, AsyncTransport, Batch, Consumer, Error, Settlement};
use futures_util::FutureExt;
use futures_util::future::{Either, select};
use futures_util::stream::{FuturesUnordered, Stream};

use super::handle::{EndOfRun, Shared};
use super::options::Options;
use super::polled_subscription::ReceiveCall;
use super::run::Run;
use super::running_handler::{HandlerEnd, RunningHandler};
use super::settling::SettleCall;
use super::{BoxError, Handler, Handling, IntoVerdict, Verdict};
use crate::spawn::{Panic, Spawner};

/// Receives, handles and settles until the run is over.
pub(super) async fn run_until_over<T, E, C, S, H>(
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
    S: Spawner<Handling<H::Future>>,
    H: Handler,
{
    let Some(first) = consumers.first() else { return Ok(()) };
    let environment = first.client().environment();
    let subscriptions = consumers.iter().map(|consumer| consumer.subscription().clone());
    let _end = EndOfRun(shared);
    let mut run = Run::new(options, shared, subscriptions);
    let mut settles = FuturesUnordered::new();
    let mut polls = FuturesUnordered::new();
    let mut tasks = FuturesUnordered::new();
    let mut timer: Option<(Duration, Pin<Box<_>>)> = None;
    let mut stopping = shared.listen();
    loop {
        let now = environment.uptime();
        run.advance(now);
        while let Some(call) = run.next_call(now) {
            settles.push(settle(consumers, call));
        }
        while let Some(poll) = run.next_poll(now) {
            polls.push(receive(consumers, poll, options));
        }
        if run.gives_up_polls(now) {
            polls.clear();
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
        // All that has happened is recorded before anything is decided, so that verdicts are sent
        // together.
        poll_fn(|context| {
            let mut is_woken = false;
            if stopping.poll_unpin(context).is_ready() {
                stopping = shared.listen();
                is_woken = true;
            }
            if timer.as_mut().is_some_and(|(_, sleep)| sleep.as_mut().poll(context).is_ready()) {
                timer = None;
                is_woken = true;
            }
            while let Some((call, result)) = next(&mut settles, context) {
                run.settled(call, result, environment.uptime(), environment.random());
                is_woken = true;
            }
            while let Some((poll, result)) = next(&mut polls, context) {
                for (id, event) in run.polled(poll, result, environment.uptime(), environment.random()) {
                    // The time is read again, since the handlers before this one may have computed
                    // for long.
                    let began = environment.uptime();
                    if !run.may_begin(id, began) {
                        continue;
                    }
                    run.began(id, began);
                    let delivery = Arc::clone(&event.0);
                    // The handler may panic before there is a future.
                    match catch_unwind(AssertUnwindSafe(|| {
                        Handling::begin(event, |event| handler.handle(event))
                    })) {
                        Ok(future) => {
                            let task = spawner.spawn(future);
                            let mut running = RunningHandler::new(id, delivery, task, began, environment);
                            // A handler that waits for nothing ends here, so it needs no task. Any
                            // other is polled again below, with a waker.
                            match running.poll_unpin(&mut Context::from_waker(Waker::noop())) {
                                Poll::Ready((id, ended, took, now)) => {
                                    run.handled(id, &ended.and_then(verdict_of), took, now);
                                }
                                Poll::Pending => tasks.push(running),
                            }
                        }
                        Err(payload) => {
                            let now = environment.uptime();
                            let panicked = HandlerEnd::Done(Err(Panic::new(&*payload)));
                            run.handled(id, &panicked, now.saturating_sub(began), now);
                        }
                    }
                }
                is_woken = true;
            }
            while let Some((id, ended, took, now)) = next(&mut tasks, context) {
                run.handled(id, &ended.and_then(verdict_of), took, now);
                is_woken = true;
            }
            if is_woken { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
    }
    // Calls that are given up must end before the run does: a receive then has closed its
    // connection.
    drop((polls, settles, tasks));
    run.into_error().map_or(Ok(()), Err)
}

/// Converts what a handler returned to a verdict. The conversion is the handler's code, which may
/// panic.
fn verdict_of(value: impl IntoVerdict) -> Result<Result<Verdict, BoxError>, Panic> {
    catch_unwind(AssertUnwindSafe(|| value.into_verdict())).map_err(|payload| Panic::new(&*payload))
}

/// Makes a call. It is given up when the last of its locks has ended, since the client's attempt
/// may take longer.
async fn settle<T: AsyncTransport, E: AsyncSleep, C: AsyncCredential>(
    consumers: &[Consumer<T, E, C>],
    call: SettleCall,
) -> (SettleCall, Option<Result<Settlement<'static>, Error<'static, T::Error>>>) {
    let consumer = &consumers[call.subscription];
    let result = {
        let settle = pin!(consumer.settle(call.action, &call));
        let end = pin!(consumer.client().environment().sleep(call.until.saturating_sub(call.sent_at)));
        match select(settle, end).await {
            Either::Left((result, _)) => Some(result),
            Either::Right(_) => None,
        }
    };
    (call, result)
}

async fn receive<T: AsyncTransport, E: AsyncSleep, C: AsyncCredential>(
    consumers: &[Consumer<T, E, C>],
    poll: ReceiveCall,
    options: &Options<T::Error>,
) -> (ReceiveCall, Result<Batch<'static>, Error<'static, T::Error>>) {
    // The run limits the number of events itself, so the consumer's own pace is not used.
    let consumer = &consumers[poll.subscription];
    let (subscription, options) = (consumer.subscription(), options.receive(poll.events));
    (poll, consumer.client().call(&Receive::new(subscription, options)).await)
}

/// The output of one of these futures that is ready.
fn next<F: Future>(futures: &mut FuturesUnordered<F>, context: &mut Context<'_>) -> Option<F::Output> {
    match Pin::new(futures).poll_next(context) {
        Poll::Ready(output) => output,
        Poll::Pending => None,
    }
}
