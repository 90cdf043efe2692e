//! Compares the truth table with a namespace.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::time::{Duration, SystemTime};

use eventgrid::{AccessKey, CloudEvent, Data, NamespaceTopic, ReceiveOptions, Subscription};
use eventgrid_filters::{Example, NamespaceFilter, Operator, ValueKind};
use eventgrid_ureq::{Consumer, Publisher, client};

type AnyError = Box<dyn Error + Send + Sync>;

/// The examples that a namespace can have: those that do not look into arrays.
fn examples() -> Vec<Example> {
    Example::all().into_iter().filter(|example| example.row.value != ValueKind::ArrayLookedInto).collect()
}

/// The name of the event subscription for an operator: `truth-number-in`.
fn subscription(operator: Operator) -> String {
    let mut name = "truth".to_owned();
    for c in operator.name().chars() {
        if c.is_ascii_uppercase() {
            name.push('-');
        }
        name.push(c.to_ascii_lowercase());
    }
    name
}

/// Prints the filter of each event subscription: its name, a tab, and `filtersConfiguration`.
pub(crate) fn print_filters() -> Result<(), AnyError> {
    let filters: BTreeMap<_, _> =
        examples().into_iter().map(|example| (subscription(example.operator), example.filter)).collect();
    for (name, filter) in filters {
        println!("{name}\t{}", serde_json::to_string(&NamespaceFilter::try_from(filter)?)?);
    }
    Ok(())
}

/// Publishes every example, receives what each subscription got, and prints the differences.
/// Returns whether there are none.
pub(crate) fn compare(endpoint: &str, topic: &str) -> Result<bool, AnyError> {
    let key =
        std::env::var("EVENTGRID_KEY").map_err(|_| "set EVENTGRID_KEY to an access key of the namespace")?;
    let client = client(AccessKey::new(key));
    let examples = examples();
    // Events of an earlier run may still be there.
    let run = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?.as_millis();
    let values: BTreeSet<_> = examples.iter().map(|example| example.value).collect();
    let ids: BTreeMap<_, _> =
        values.iter().enumerate().map(|(index, value)| (*value, format!("{run}-{index}"))).collect();

    let publisher = Publisher::new(client.clone(), NamespaceTopic::new(endpoint, topic)?);
    for (value, id) in &ids {
        let data = value.map_or_else(|| "{}".to_owned(), |value| format!(r#"{{"v":{value}}}"#));
        let event = CloudEvent::new(id.as_str(), "/truth-table", "Filters.Example");
        publisher.send(&event.with_data(Data::raw_json(data)?))?;
    }
    eprintln!(
        "published {} events; now each of the {} subscriptions is read until it is quiet",
        ids.len(),
        OPERATORS
    );

    let mut differences = 0;
    for operator in Operator::ALL {
        let subscription = Subscription::new(endpoint.to_owned(), topic.to_owned(), subscription(operator))?;
        let got = received(&Consumer::new(client.clone(), subscription))?;
        for example in examples.iter().filter(|example| example.operator == operator) {
            let matched = got.contains(&ids[&example.value]);
            if matched != example.matches {
                let found = if matched { "matches" } else { "does not match" };
                let value = example.value.unwrap_or("a missing key");
                println!("{} {found}: {value} (here: {})", example.filter.advanced[0], example.row.source);
                differences += 1;
            }
        }
    }
    println!("{} examples compared, {differences} differences", examples.len());
    Ok(differences == 0)
}

const OPERATORS: usize = Operator::ALL.len();

/// The ids of all events of a subscription.
fn received(consumer: &Consumer<AccessKey<'static>>) -> Result<BTreeSet<String>, AnyError> {
    let mut ids = BTreeSet::new();
    let options = ReceiveOptions::new().max_events(100).max_wait_time(Duration::from_secs(10));
    loop {
        let batch = consumer.receive(options)?;
        if batch.is_empty() {
            return Ok(ids);
        }
        for received in &batch {
            ids.insert(received.event()?.id().to_cow().into_owned());
        }
        // What is not acknowledged comes again, in this run or in the next, and is acknowledged
        // then.
        let _ = consumer.acknowledge(&batch)?;
    }
}
