//! A client that puts its events into an outbox, as a process that can be killed.

use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use eventgrid::{AccessKey, CloudEvent, NamespaceTopic, ReceiveOptions, RetryPolicy, Subscription};
use eventgrid_hyper::{Consumer, Publisher, client};
use eventgrid_outbox::eventgrid_worker::Batcher;
use eventgrid_outbox::{ForwardError, Outbox, OutboxOptions};

use crate::AnyError;
use crate::journal::Journal;
use crate::processes::KEY;

/// Events of the same key must arrive in their order.
const KEYS: [&str; 3] = ["a", "b", "c"];

/// How many events are put at the same time, at most.
const AT_ONCE: usize = 7;

/// Puts events and forwards them forever, and writes down what was reported as put. What was put
/// before a kill is forwarded, too.
pub(crate) fn publish(endpoint: &str, journal: &Path) -> Result<(), AnyError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let outbox = open(journal)?;
        let _forwarding = tokio::spawn(forward(&outbox, endpoint)?);
        let journal = Journal::new(journal);
        let mut last = 0;
        for round in 0_usize.. {
            let mut under_way = Vec::new();
            for index in 0..=round % AT_ONCE {
                let key = KEYS[(round + index) % KEYS.len()];
                // Later ids are larger, also after a kill.
                let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_nanos();
                last = now.max(last + 1);
                let id = format!("outbox-{key}-{last:024}");
                let put = outbox.keyed(key).try_put(&CloudEvent::new(&id, "urn:shop", "Ordered"))?;
                under_way.push((id, put));
            }
            for (id, put) in under_way {
                put.await?;
                journal.write("accepted", &id, 0)?;
            }
            // The consumers are slower than the disk.
            tokio::time::sleep(Duration::from_millis(60)).await;
        }
        Ok(())
    })
}

/// Forwards what is left, until nothing is.
pub(crate) fn drain(endpoint: &str, journal: &Path) -> Result<(), AnyError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let outbox = open(journal)?;
        let forwarding = tokio::spawn(forward(&outbox, endpoint)?);
        outbox.until_empty().await;
        outbox.close().await;
        forwarding.await??;
        match outbox.stats().refused_events {
            0 => Ok(()),
            refused => Err(format!("{refused} events were set aside").into()),
        }
    })
}

fn open(journal: &Path) -> Result<Outbox, AnyError> {
    let backoff = RetryPolicy::new()
        .with_base_delay(Duration::from_millis(20))
        .with_max_delay(Duration::from_millis(500));
    Ok(Outbox::open(journal.with_file_name("outbox"), OutboxOptions::new().backoff(backoff))?)
}

fn forward(
    outbox: &Outbox,
    endpoint: &str,
) -> Result<impl Future<Output = Result<(), ForwardError>> + Send + use<>, AnyError> {
    let topic = NamespaceTopic::new(endpoint.to_owned(), "orders")?;
    let publisher = Publisher::new(client(AccessKey::new(KEY)).retry(RetryPolicy::none()), topic);
    Ok(outbox.forward(Batcher::builder(publisher).max_delay(Duration::from_millis(5))))
}

/// The ids of all events of the outbox that arrived, in their order: a subscription that nobody
/// else receives from has them all.
pub(crate) fn arrived(endpoint: &str) -> Result<Vec<String>, AnyError> {
    let subscription = Subscription::new(endpoint.to_owned(), "orders", "audit")?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let consumer = Consumer::new(client(AccessKey::new(KEY)), subscription);
        let options = ReceiveOptions::new().max_events(100).max_wait_time(Duration::from_secs(10));
        let mut ids = Vec::new();
        loop {
            let batch = consumer.receive(options).await?;
            if batch.is_empty() {
                return Ok(ids);
            }
            for event in &batch {
                ids.push(event.event()?.id().to_string());
            }
            let settlement = consumer.acknowledge(&batch).await?;
            if !settlement.is_complete() {
                return Err("what was received in the end could not be acknowledged".into());
            }
        }
    })
}

/// Whether an event may be published twice: the outbox sends again what was not confirmed.
pub(crate) fn may_come_twice(id: &str) -> bool {
    id.starts_with("outbox-")
}

/// Those that came first after a later one of their key.
pub(crate) fn overtaken(arrived: &[String]) -> Vec<String> {
    let (mut seen, mut latest) = (std::collections::HashSet::new(), std::collections::HashMap::new());
    let mut overtaken = Vec::new();
    for id in arrived {
        let Some((key, number)) = id.strip_prefix("outbox-").and_then(|id| id.split_once('-')) else {
            continue;
        };
        if !seen.insert(id) {
            continue;
        }
        let latest = latest.entry(key).or_insert(number);
        if number < *latest {
            overtaken.push(id.clone());
        }
        *latest = number.max(latest);
    }
    overtaken
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_that_is_overtaken_is_found_and_one_that_comes_again_is_not() {
        let ids = ["a-1", "b-9", "a-3", "a-1", "a-2", "b-8", "a-4"].map(|id| format!("outbox-{id}"));
        assert_eq!(overtaken(&ids), ["outbox-a-2", "outbox-b-8"]);
        assert!(overtaken(&["rust-1-2-3".to_owned()]).is_empty());
    }
}
