//! The run and the sends can move between threads.

use eventgrid::{
    AccessKey, Client, CloudEvent, NamespaceTopic, Publisher, SendAsyncSleep, SendAsyncTransport,
};
use eventgrid_emulator::InProcess;
use eventgrid_worker::Batcher;

use crate::support::Network;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_tasks_share_one_batcher() {
    let network = Network::new();
    let (batcher, run) = network.builder().build();
    let run = tokio::spawn(run);
    let tasks: Vec<_> = (0..50)
        .map(|task| {
            let batcher = batcher.clone();
            tokio::spawn(async move {
                for event in 0..20 {
                    let event = CloudEvent::new(format!("{task}-{event}"), "s", "t");
                    drop(batcher.keyed(task.to_string()).send(&event).await.unwrap());
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    batcher.flush().await;
    assert_eq!(batcher.stats().published, 1000);
    batcher.close().await;
    run.await.unwrap();
    let accepted = network.accepted();
    for task in 0..50 {
        let prefix = format!("{task}-");
        let own: Vec<_> = accepted.iter().filter_map(|id| id.strip_prefix(&prefix)).collect();
        assert_eq!(own, (0..20).map(|event| event.to_string()).collect::<Vec<_>>());
    }
}

/// What a program would spawn that is generic over the transport.
fn spawnable<T, E>(
    publisher: Publisher<T, E, AccessKey<'static>>,
) -> impl Future<Output = bool> + Send + 'static
where
    T: SendAsyncTransport<Error: Sync> + Send + 'static,
    E: SendAsyncSleep + Send + 'static,
{
    let (batcher, run) = Batcher::builder(publisher).build();
    async move {
        let run = tokio::spawn(run);
        let delivery = batcher.send(&CloudEvent::new("1", "s", "t")).await;
        batcher.close().await;
        run.await.is_ok() && delivery.unwrap().await.is_ok()
    }
}

#[tokio::test]
async fn generic() {
    let network = Network::new();
    let client = Client::new(network.clone(), network.emulator.clone(), AccessKey::new("c2VjcmV0"));
    let publisher = Publisher::new(client, NamespaceTopic::new(InProcess::ENDPOINT, "orders").unwrap());
    assert!(tokio::spawn(spawnable(publisher)).await.unwrap());
}
