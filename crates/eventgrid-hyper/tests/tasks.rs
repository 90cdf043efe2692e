//! The clients in tasks: their futures can be spawned, many of them can share one client, and any
//! can be dropped.

use std::sync::Arc;

use eventgrid_emulator::{Emulator, RunningEmulator};
use eventgrid_hyper::eventgrid::{
    AccessKey, CloudEvent, NamespaceTopic, ReceiveOptions, SendAsyncCredential, SendAsyncSleep,
    SendAsyncTransport, Subscription,
};
use eventgrid_hyper::eventgrid::{Consumer as AnyConsumer, Publisher as AnyPublisher};
use eventgrid_hyper::{Client, Consumer, Publisher, client};
use tokio::task::{JoinSet, yield_now};

fn emulator() -> RunningEmulator {
    Emulator::builder().subscription("readings", "alarms").start("127.0.0.1:0").unwrap()
}

fn event() -> CloudEvent<'static> {
    CloudEvent::new("1", "urn:plant/boiler", "Reading")
}

fn shared_client(emulator: &RunningEmulator) -> Client {
    client(AccessKey::new(emulator.key().to_owned()))
}

fn publisher(client: &Client, emulator: &RunningEmulator) -> Publisher {
    Publisher::new(client.clone(), NamespaceTopic::new(emulator.endpoint(), "readings").unwrap())
}

fn consumer(client: &Client, emulator: &RunningEmulator) -> Consumer {
    Consumer::new(client.clone(), Subscription::new(emulator.endpoint(), "readings", "alarms").unwrap())
}

#[tokio::test]
async fn a_thousand_tasks_share_one_client() {
    const TASKS: u64 = 1000;
    // Each has a socket, and so has the emulator for it.
    rlimit::increase_nofile_limit(8 * TASKS).unwrap();
    let emulator = emulator();
    let client = shared_client(&emulator);
    let (publisher, consumer) =
        (Arc::new(publisher(&client, &emulator)), Arc::new(consumer(&client, &emulator)));
    let mut tasks = JoinSet::new();
    for _ in 0..TASKS {
        let (publisher, consumer) = (Arc::clone(&publisher), Arc::clone(&consumer));
        tasks.spawn(async move {
            publisher.send(&event()).await.unwrap();
            let batch = consumer.receive(ReceiveOptions::new().max_events(1)).await.unwrap();
            assert_eq!(batch.len(), 1);
            assert!(consumer.acknowledge(&batch).await.unwrap().is_complete());
        });
    }
    while let Some(ended) = tasks.join_next().await {
        ended.unwrap();
    }
    let stats = emulator.stats("readings", "alarms").unwrap();
    assert_eq!((stats.published, stats.acknowledged, stats.deliveries), (TASKS, TASKS, TASKS));
}

#[tokio::test]
async fn a_dropped_receive_gives_up_its_place_and_the_next_call_is_sound() {
    let emulator = emulator();
    let client = shared_client(&emulator);
    let consumer = consumer(&client, &emulator);
    {
        let receive = consumer.receive(ReceiveOptions::new());
        tokio::select! {
            received = receive => panic!("there is nothing to receive: {received:?}"),
            () = waiting(&emulator, 1) => {}
        }
    }
    waiting(&emulator, 0).await;

    // Were its place still taken, the event would go there.
    publisher(&client, &emulator).send(&event()).await.unwrap();
    let batch = consumer.receive(ReceiveOptions::new()).await.unwrap();
    assert_eq!(batch.len(), 1);
    assert!(consumer.acknowledge(&batch).await.unwrap().is_complete());
    assert_eq!(emulator.stats("readings", "alarms").unwrap().deliveries, 1);
}

/// Returns when so many receives wait.
async fn waiting(emulator: &RunningEmulator, receives: usize) {
    while emulator.waiting() != receives {
        yield_now().await;
    }
}

#[tokio::test]
async fn futures_of_concrete_clients_can_be_spawned() {
    let emulator = emulator();
    let client = shared_client(&emulator);
    let (publisher, consumer) = (publisher(&client, &emulator), consumer(&client, &emulator));
    tokio::spawn(async move { publisher.send(&event()).await.map(drop) }).await.unwrap().unwrap();
    let received = tokio::spawn(async move {
        let batch = consumer.receive(ReceiveOptions::new()).await?;
        assert!(consumer.renew_locks(&batch).await?.is_complete());
        consumer.acknowledge(&batch).await
    });
    assert!(received.await.unwrap().unwrap().is_complete());
}

#[tokio::test]
async fn futures_of_generic_clients_can_be_spawned() {
    let emulator = emulator();
    let client = shared_client(&emulator);
    assert_eq!(spawn(publisher(&client, &emulator), consumer(&client, &emulator)).await, 1);
}

/// Publishes, receives and acknowledges in a task; tells how many events.
async fn spawn<T, E, C>(publisher: AnyPublisher<T, E, C>, consumer: AnyConsumer<T, E, C>) -> usize
where
    T: SendAsyncTransport<Error: std::fmt::Debug> + Send + Sync + 'static,
    E: SendAsyncSleep + Send + Sync + 'static,
    C: SendAsyncCredential + Send + Sync + 'static,
{
    let task = tokio::spawn(async move {
        publisher.send(&event()).await.unwrap();
        let batch = consumer.receive(ReceiveOptions::new()).await.unwrap();
        consumer.acknowledge(&batch).await.unwrap().succeeded().count()
    });
    task.await.unwrap()
}
