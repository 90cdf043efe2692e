//! Long polls that wait for an event, all of them by one client: the memory of each.

use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use eventgrid_hyper::Consumer;
use eventgrid_hyper::eventgrid::ReceiveOptions;
use http_body_util::Empty;
use hyper::Request;
use hyper::body::Bytes;
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use tokio::runtime::Builder;
use tokio::task::LocalSet;

use crate::{key, memory, subscription};

/// How many wait at the same time.
const POLLS: usize = 400;

/// What each may hold, in percent of what it holds by bare hyper. hyper takes 16 KiB of it: a
/// buffer to write from and one to read into, which it makes for every connection, whether anything
/// has come or not.
const LIMIT: usize = 130;

/// Prints what a poll holds by the adapter, and by bare hyper; false if it is more than the limit.
pub(crate) fn are_small() -> bool {
    let (ours, raw) = (by_ours(), by_raw());
    println!("hyper: an idle long poll holds {ours} bytes, of {}; by bare hyper {raw}", raw * LIMIT / 100);
    ours * 100 <= raw * LIMIT
}

fn by_ours() -> usize {
    let (endpoint, accepted) = quiet_service();
    let consumer = Arc::new(Consumer::new(eventgrid_hyper::client(key()), subscription(endpoint)));
    each(&accepted, || {
        let consumer = Arc::clone(&consumer);
        async move {
            let options = ReceiveOptions::new().max_wait_time(Duration::from_secs(60));
            drop(consumer.receive(options).await);
        }
    })
}

fn by_raw() -> usize {
    let (endpoint, accepted) = quiet_service();
    let client = Client::builder(TokioExecutor::new()).build_http::<Empty<Bytes>>();
    each(&accepted, || {
        let client = client.clone();
        let url = format!("{endpoint}/topics/readings/eventsubscriptions/all:receive?maxWaitTime=60");
        async move {
            let request = Request::post(url).header("authorization", "SharedAccessKey c2VjcmV0");
            drop(client.request(request.body(Empty::new()).unwrap()).await);
        }
    })
}

/// How much each poll holds once all of them wait.
fn each<F: Future<Output = ()> + 'static>(accepted: &AtomicUsize, poll: impl Fn() -> F) -> usize {
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    let tasks = LocalSet::new();
    let before = memory::in_use();
    (0..POLLS).for_each(|_| drop(tasks.spawn_local(poll())));
    runtime.block_on(tasks.run_until(async {
        while accepted.load(Ordering::Relaxed) < POLLS {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        // The last of them may be about to write its request.
        tokio::time::sleep(Duration::from_millis(200)).await;
    }));
    (memory::in_use() - before) / POLLS
}

/// A service that accepts connections and never responds, and how many it has.
fn quiet_service() -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let accepted = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&accepted);
    thread::spawn(move || {
        let mut connections = Vec::with_capacity(POLLS);
        for connection in listener.incoming() {
            connections.push(connection.unwrap());
            count.fetch_add(1, Ordering::Relaxed);
        }
    });
    (endpoint, accepted)
}
