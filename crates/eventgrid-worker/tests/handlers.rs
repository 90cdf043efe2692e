//! Every form of handler runs under `tokio::spawn`, within the run and as tasks of its own.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use eventgrid::{
    AccessKey, CloudEvent, Consumer, NamespaceTopic, Publisher, SendAsyncCredential, SendAsyncSleep,
    SendAsyncTransport, Subscription,
};
use eventgrid_emulator::{Emulator, InProcess};
use eventgrid_worker::spawn::Tokio;
use eventgrid_worker::{BoxError, Handler, LockLoss, Processor, ProcessorEvent, ProcessorStop, Verdict};

type InProcessProcessor = Processor<InProcess, InProcess, AccessKey<'static>>;

const EVENTS: u64 = 10;

/// A processor of a subscription with ten events, and the namespace.
async fn processor() -> (InProcessProcessor, InProcess) {
    let namespace = Emulator::builder().subscription("orders", "billing").in_process().unwrap();
    let topic = NamespaceTopic::new(InProcess::ENDPOINT, "orders").unwrap();
    let publisher = Publisher::new(namespace.client(), topic);
    for id in 0..EVENTS {
        publisher.send(&CloudEvent::new(id.to_string(), "urn:shop", "Order.Created")).await.unwrap();
    }
    let subscription = Subscription::new(InProcess::ENDPOINT, "orders", "billing").unwrap();
    (Processor::new(Consumer::new(namespace.client(), subscription)), namespace)
}

/// Runs a handler on the threads of tokio in both ways; it acknowledges all events.
macro_rules! assert_runs {
    ($handler:expr) => {{
        let (processor, namespace) = processor().await;
        let handle = processor.handle();
        let run = tokio::spawn(processor.run($handler));
        until_acknowledged(&namespace).await;
        end(&handle, run, &namespace).await;

        let (processor, namespace) = self::processor().await;
        let processor = processor.spawner(Tokio::current());
        let handle = processor.handle();
        let run = tokio::spawn(processor.run($handler));
        until_acknowledged(&namespace).await;
        end(&handle, run, &namespace).await;
    }};
}

/// Waits for what other threads bring about.
async fn until(reached: impl Fn() -> bool) {
    while !reached() {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

/// Moves the clock of the namespace a little. A lock of a minute lasts for at least 12 seconds
/// then, longer than a thread waits for its processor.
async fn a_little_later(namespace: &InProcess) {
    namespace.advance(Duration::from_millis(5));
    tokio::time::sleep(Duration::from_millis(1)).await;
}

/// Waits until all events are acknowledged.
async fn until_acknowledged(namespace: &InProcess) {
    until_so_many_are_acknowledged(EVENTS, namespace).await;
}

/// The clock of the namespace stands still unless it is moved.
async fn until_so_many_are_acknowledged(events: u64, namespace: &InProcess) {
    while namespace.stats("orders", "billing").unwrap().acknowledged < events {
        a_little_later(namespace).await;
    }
}

async fn end<X: std::fmt::Debug>(
    handle: &eventgrid_worker::ProcessorHandle,
    run: tokio::task::JoinHandle<Result<eventgrid_worker::ProcessorStats, X>>,
    namespace: &InProcess,
) {
    handle.stop(ProcessorStop::Finish);
    while !run.is_finished() {
        namespace.advance(Duration::from_secs(1));
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    assert_eq!(run.await.unwrap().unwrap().acknowledged, EVENTS);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closure_that_gives_a_future() {
    let count = Arc::new(AtomicUsize::new(0));
    assert_runs!({
        let count = Arc::clone(&count);
        move |_: ProcessorEvent| {
            let count = Arc::clone(&count);
            async move {
                tokio::task::yield_now().await;
                count.fetch_add(1, Ordering::SeqCst);
            }
        }
    });
    assert_eq!(count.load(Ordering::SeqCst), 20);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_async_closure() {
    static COUNT: AtomicUsize = AtomicUsize::new(0);

    assert_runs!(async |event: ProcessorEvent| {
        tokio::task::yield_now().await;
        if event.delivery_count() > 3 { Verdict::Reject } else { Verdict::Acknowledge }
    });
    let count = &COUNT;
    assert_runs!(async move |_: ProcessorEvent| {
        tokio::task::yield_now().await;
        count.fetch_add(1, Ordering::SeqCst);
    });
    assert_eq!(COUNT.load(Ordering::SeqCst), 20);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_function() {
    async fn handle(event: ProcessorEvent) -> Result<Verdict, BoxError> {
        tokio::task::yield_now().await;
        let _: u32 = event.id().to_cow().parse()?;
        Ok(Verdict::Acknowledge)
    }

    assert_runs!(handle);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_type_with_parts() {
    #[derive(Clone, Default)]
    struct Counter {
        count: Arc<AtomicUsize>,
    }

    impl Handler for Counter {
        type Future = Pin<Box<dyn Future<Output = Result<(), BoxError>> + Send>>;

        fn handle(&self, _: ProcessorEvent) -> Self::Future {
            let count = Arc::clone(&self.count);
            Box::pin(async move {
                tokio::task::yield_now().await;
                count.fetch_add(1, Ordering::SeqCst);
                Ok(())
            })
        }
    }

    let counter = Counter::default();
    assert_runs!(counter.clone());
    assert_eq!(counter.count.load(Ordering::SeqCst), 20);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_task_that_computes_for_long_keeps_no_lock_from_being_renewed() {
    static ENOUGH: AtomicBool = AtomicBool::new(false);

    let (processor, namespace) = processor().await;
    let processor = processor.spawner(Tokio::current());
    let handle = processor.handle();
    let run = tokio::spawn(processor.run(|event: ProcessorEvent| async move {
        while event.id() == *"0" && !ENOUGH.load(Ordering::SeqCst) {
            std::hint::spin_loop();
        }
    }));
    while handle.stats().running != 1 || handle.stats().acknowledged != EVENTS - 1 {
        a_little_later(&namespace).await;
    }
    namespace.advance(Duration::from_secs(30));
    // Now the clock stands still, so the lock cannot end before it is renewed.
    for _ in 0..60_000 {
        if handle.stats().renewed > 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let renewed = handle.stats().renewed;
    ENOUGH.store(true, Ordering::SeqCst);
    assert_eq!(renewed, 1);
    until_acknowledged(&namespace).await;
    end(&handle, run, &namespace).await;
}

/// What a program would spawn that is generic over the transport.
fn spawnable<T, E, C, H>(consumer: Consumer<T, E, C>, handler: H) -> impl Future + Send + 'static
where
    T: SendAsyncTransport<Error: Send + Sync> + Send + 'static,
    E: SendAsyncSleep + Send + 'static,
    C: SendAsyncCredential + Send + 'static,
    H: Handler<Future: Send> + Send + Sync + 'static,
{
    Processor::new(consumer).run(handler)
}

#[test]
fn a_program_that_is_generic_can_spawn_it() {
    fn assert_send<F: Send>(_: F) {}

    let namespace = Emulator::builder().subscription("orders", "billing").in_process().unwrap();
    let subscription = Subscription::new(InProcess::ENDPOINT, "orders", "billing").unwrap();
    assert_send(spawnable(Consumer::new(namespace.client(), subscription), |_: ProcessorEvent| async {}));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_whose_handler_computes_on_after_its_time_is_given_to_no_other_until_it_has_ended() {
    let (processor, namespace) = processor().await;
    let (tells, told) = std::sync::mpsc::channel();
    let (end, ends) = std::sync::mpsc::channel::<()>();
    let ends = Arc::new(std::sync::Mutex::new(ends));
    let processor = processor.spawner(Tokio::current()).event_timeout(Duration::from_secs(5));
    let handle = processor.handle();
    let run = tokio::spawn(processor.run(move |event: ProcessorEvent| {
        let (tells, ends) = (tells.clone(), Arc::clone(&ends));
        async move {
            if event.id() == *"3" {
                tells.send(event.clone()).unwrap();
                // As one that computes: it waits for nothing that the runtime knows of.
                let _ = ends.lock().unwrap().recv();
            }
        }
    }));
    let event = loop {
        tokio::time::sleep(Duration::from_millis(1)).await;
        if let Ok(event) = told.try_recv() {
            break event;
        }
    };
    // The others are done, so that no time can be over for them.
    until_so_many_are_acknowledged(EVENTS - 1, &namespace).await;
    assert_eq!(event.lock_loss(), None);
    namespace.advance(Duration::from_secs(6));
    until(|| event.lock_loss() == Some(LockLoss::TimedOut)).await;
    // For three minutes, which are three locks, it is renewed every half minute.
    for renewals in 1..=6 {
        namespace.advance(Duration::from_secs(30));
        until(|| handle.stats().renewed == renewals).await;
    }
    let stats = namespace.stats("orders", "billing").unwrap();
    assert_eq!(
        (stats.acknowledged, stats.locked, stats.deliveries),
        (EVENTS - 1, 1, EVENTS),
        "{:?}",
        handle.stats()
    );
    assert!(told.try_recv().is_err());
    drop(event);
    end.send(()).unwrap();
    drop(end);
    until_acknowledged(&namespace).await;
    assert_eq!((handle.stats().timed_out, handle.stats().released), (1, 1));
    assert_eq!(told.try_recv().unwrap().delivery_count(), 2);
    self::end(&handle, run, &namespace).await;
}
