//! The outcome of each event.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use eventgrid::{CloudEvent, ReleaseDelay, SendAsyncSleep, SendLimits};
use eventgrid_worker::{
    BoxError, EventFailure, FailureCause, Pipeline, ProcessorEvent, ProcessorStop, PublishError, Verdict,
};
use futures_util::future::join;

use crate::faulty::{Cut, Fault};
use crate::support::{Run, Shop, event};
use crate::task::Task;

const SECOND: Duration = Duration::from_secs(1);

/// The invoices of an order: as many as the last digit of its number says.
async fn bill(order: ProcessorEvent) -> Result<Vec<CloudEvent<'static>>, BoxError> {
    let number: u32 = order.id().to_string().parse()?;
    Ok((0..number % 10).map(|part| event(format!("{number}-{part}"))).collect())
}

#[test]
fn an_event_is_acknowledged_when_all_that_came_of_it_was_accepted() {
    let shop = Shop::new();
    shop.order(0..3);
    let (batcher, publishing) = shop.batcher().max_delay(5 * SECOND).build();
    let processor = shop.processor();
    let handle = processor.handle();
    let run = processor.run(Pipeline::new(batcher).handler(bill));
    let mut run: Run = Task::new(async { join(run, publishing).await.0.unwrap() });
    shop.pass(&mut run, 4 * SECOND);
    assert_eq!(shop.acknowledged(), 1, "nothing came of the first one");
    shop.pass(&mut run, 2 * SECOND);
    assert_eq!(shop.acknowledged(), 3);
    let invoices = shop.invoices();
    assert_eq!(invoices.len(), 3);
    assert!(["1-0", "2-0", "2-1"].iter().all(|id| invoices[*id] == 1));
    handle.stop(ProcessorStop::Finish);
    assert!(shop.pass(&mut run, 11 * SECOND), "the batcher ends with the processor");
}

#[test]
fn the_policy_decides_about_an_event_if_what_came_of_it_was_not_published() {
    for fault in [Fault::NotSent, Fault::ResponseLost, Fault::Status(400)] {
        let shop = Shop::new();
        shop.order(1..2);
        shop.network.fail("publish", [fault]);
        let (batcher, publishing) = shop.batcher().build();
        let causes = Arc::new(std::sync::Mutex::new(Vec::new()));
        let log = Arc::clone(&causes);
        let processor = shop.processor().on_failure(move |failure: &EventFailure<'_>| {
            let FailureCause::Error(error) = failure.cause else { panic!("{:?}", failure.cause) };
            log.lock().unwrap().push(error.downcast_ref::<PublishError<Cut>>().is_some());
            Verdict::Release(ReleaseDelay::OneMinute)
        });
        let run = processor.run(Pipeline::new(batcher).handler(bill));
        let mut run: Run = Task::new(async { join(run, publishing).await.0.unwrap() });
        shop.pass(&mut run, 50 * SECOND);
        assert_eq!(shop.acknowledged(), 0);
        assert_eq!(shop.network.requests("release").len(), 1);
        assert_eq!(*causes.lock().unwrap(), [true], "the policy is told why");
        shop.pass(&mut run, 20 * SECOND);
        assert_eq!(shop.acknowledged(), 1);
        let times = if fault == Fault::ResponseLost { 2 } else { 1 };
        assert_eq!(shop.invoices()["1-0"], times, "{fault:?}");
    }
}

#[test]
fn the_policy_decides_about_what_cannot_be_transformed_or_published() {
    let shop = Shop::new();
    shop.order(1..4);
    let (batcher, publishing) = shop.batcher().limits(SendLimits { max_events: 10, max_bytes: 200 }).build();
    let handler = Pipeline::new(batcher).handler(|order: ProcessorEvent| async move {
        match &*order.id().to_string() {
            "1" => Err("no such customer"),
            "2" => Ok(Some(event(""))),
            _ => Ok(Some(event("x".repeat(200)))),
        }
    });
    let causes = Arc::new(std::sync::Mutex::new(Vec::new()));
    let log = Arc::clone(&causes);
    let processor = shop.processor().on_failure(move |failure: &EventFailure<'_>| {
        if let FailureCause::Error(error) = failure.cause {
            log.lock().unwrap().push(error.to_string());
        }
        Verdict::Reject
    });
    let run = processor.run(handler);
    let mut run: Run = Task::new(async { join(run, publishing).await.0.unwrap() });
    shop.pass(&mut run, SECOND);
    let mut causes = causes.lock().unwrap().clone();
    causes.sort();
    assert!(causes[0].starts_with("no such customer"));
    assert!(causes[1].starts_with("the event has "));
    assert_eq!(causes[2], "the service would refuse the event");
    assert_eq!((causes.len(), shop.acknowledged(), shop.invoices().len()), (3, 0, 0));
    assert!(shop.left().is_empty());
}

#[test]
fn a_batcher_that_has_ended_costs_no_deliveries() {
    for stops in [true, false] {
        let shop = Shop::new();
        shop.order(1..21);
        let (batcher, publishing) = shop.batcher().build();
        drop(publishing);
        let processor = shop.processor().concurrency(4);
        let pipeline = Pipeline::new(batcher);
        let pipeline = if stops { pipeline.stops(processor.handle()) } else { pipeline };
        let run = processor.run(pipeline.handler(bill));
        let mut run: Run = Task::new(async { run.await.unwrap() });
        assert_eq!(shop.pass(&mut run, 180 * SECOND), stops, "it ends if it may");
        assert_eq!(shop.network.requests("receive").len(), 1, "nothing more was received");
        assert_eq!(shop.network.requests("release"), if stops { vec![4] } else { vec![] });
    }
}

#[test]
fn events_of_a_batcher_that_ends_meanwhile_are_released_by_the_stop() {
    let shop = Shop::new();
    shop.order(1..2);
    let (batcher, publishing) = shop.batcher().max_delay(10 * SECOND).build();
    let processor = shop.processor().on_failure(|_| Verdict::Reject);
    let pipeline = Pipeline::new(batcher).stops(processor.handle());
    let run = processor.run(pipeline.handler(bill));
    let mut run: Run = Task::new(async { run.await.unwrap() });
    shop.pass(&mut run, SECOND);
    drop(publishing);
    assert!(shop.pass(&mut run, 20 * SECOND));
    assert_eq!(shop.left(), ["1"]);
}

#[test]
fn no_more_are_transformed_at_once_than_was_said() {
    let shop = Shop::new();
    shop.order(0..50);
    let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let (batcher, publishing) = shop.batcher().max_delay(10 * SECOND).build();
    let (clock, counters) = (shop.namespace.clone(), (Arc::clone(&now), Arc::clone(&most)));
    let handler = Pipeline::new(batcher).transforms(3).handler(move |order: ProcessorEvent| {
        let (clock, (now, most)) = (clock.clone(), counters.clone());
        async move {
            most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            SendAsyncSleep::sleep(&clock, SECOND / 10).await;
            now.fetch_sub(1, Ordering::SeqCst);
            Ok::<_, BoxError>(Some(event(order.id())))
        }
    });
    let run = shop.processor().concurrency(50).run(handler);
    let mut run: Run = Task::new(async { join(run, publishing).await.0.unwrap() });
    shop.pass(&mut run, 9 * SECOND);
    assert_eq!(shop.acknowledged(), 0, "all wait for the batcher");
    assert_eq!(most.load(Ordering::SeqCst), 3);
    shop.pass(&mut run, 3 * SECOND);
    assert_eq!(shop.acknowledged(), 50);
    assert_eq!(shop.network.requests("publish").len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_runs_on_all_threads_of_tokio() {
    let shop = Shop::new();
    shop.order(0..100);
    let (batcher, _publishing) = shop.batcher().max_delay(Duration::ZERO).spawn();
    let processor = shop.processor().spawner(eventgrid_worker::spawn::Tokio::current());
    let processor = processor.settle_together(1, Duration::ZERO);
    let handle = processor.handle();
    let run = tokio::spawn(processor.run(Pipeline::new(batcher.clone()).handler(bill)));
    while handle.stats().acknowledged < 100 {
        tokio::task::yield_now().await;
    }
    assert_eq!(shop.invoices().len(), 450);
    handle.stop(ProcessorStop::Abandon);
    assert_eq!(run.await.unwrap().unwrap().acknowledged, 100);
    batcher.close().await;
}
