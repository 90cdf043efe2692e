//! What a publish of one event of 1 KiB costs without I/O, compared with what `serde_json` takes to
//! read and write the event as a `Value`: `cargo bench -p eventgrid-emulator`. The goal for the
//! whole publish is at most 1.5 times as long.
//!
//! Also what a publish to event subscriptions with a filter each costs within the broker. The goals
//! are 0.5 ms for 500, which is the service's limit, 5 ms for 10,000 of which ten match, and 20 ms
//! for 10,000 that all match.

use bytes::Bytes;
use divan::Bencher;
use eventgrid_emulator::broker::{Broker, Event, SubscriptionSettings};
use eventgrid_emulator::eventgrid_filters::{Clause, Condition, Filter};
use eventgrid_emulator::{Emulator, Outcome, UnixTime};
use http::Request;
use serde_json::{Value, json};

fn main() {
    divan::main();
}

const EVENTS: [&str; 3] = ["text", "members", "numbers"];

/// An event of about 1 KiB.
fn event(data: &str) -> String {
    let data = match data {
        "text" => json!({ "note": "All sorts of goods, in boxes. ".repeat(27) }),
        "members" => json!({
            "orderId": "A-2024-000017", "customer": { "name": "Ada", "city": "London", "tags": ["new", "eu"] },
            "lines": (0..9).map(|line| json!({ "sku": format!("SKU-{line:05}"), "quantity": line, "price": 18.25,
                "note": "with gift wrap" })).collect::<Vec<_>>(),
        }),
        _ => json!((0..110).map(|number| f64::from(number) * 3.75).collect::<Vec<_>>()),
    };
    // The order in which SDKs write the attributes.
    format!(
        r#"{{"specversion":"1.0","id":"5a9b1c1e-7f0c-4b8e-9d55-6f2b0f1c9e11","source":"/shop/orders","type":"Contoso.Ordered","time":"2024-06-01T12:00:00.123Z","data":{data}}}"#
    )
}

#[divan::bench(args = EVENTS)]
fn serde_json_reads_and_writes(bencher: Bencher<'_, '_>, data: &str) {
    let event = event(data);
    bencher.bench(|| serde_json::from_slice::<Value>(event.as_bytes()).unwrap().to_string());
}

#[divan::bench(args = EVENTS)]
fn emulator_publishes(bencher: Bencher<'_, '_>, data: &str) {
    let mut emulator = Emulator::builder().key("c2VjcmV0").topic("orders").build().unwrap();
    let request = Request::post("/topics/orders:publish?api-version=2024-06-01")
        .header("authorization", "SharedAccessKey c2VjcmV0")
        .header("content-type", "application/cloudevents+json")
        .body(Bytes::from(event(data)))
        .unwrap();
    bencher.bench_local(|| match emulator.begin(UnixTime::from_secs(1_717_243_200), &request) {
        Outcome::Done(response) => assert!(response.status().is_success()),
        other => panic!("a publish is done at once: {other:?}"),
    });
}

#[divan::bench(args = [(500, 10), (10_000, 10), (10_000, 10_000)], sample_count = 50, sample_size = 1)]
fn broker_publishes_with_filters(bencher: Bencher<'_, '_>, (count, matching): (usize, usize)) {
    let mut broker = Broker::new(1);
    let topic = broker.create_topic("orders");
    for index in 0..count {
        let settings = SubscriptionSettings::default();
        let id = broker.create_subscription(topic, &format!("subscription-{index}"), settings).unwrap();
        let city = if index % (count / matching) == 0 { "Lon" } else { "Par" };
        let starts = Condition::StringBeginsWith(vec![city.to_owned()]);
        let filter = Filter::new()
            .include_event_type("Contoso.Ordered")
            .clause(Clause::new("data.customer.city", starts))
            .compile()
            .unwrap();
        broker.set_filter(id, Some(filter));
    }
    let event = [Event::from_json(event("members")).unwrap()];
    let now = UnixTime::from_secs(1_717_243_200);
    bencher.bench_local(|| broker.publish(now, topic, &event));
    let published = broker.subscriptions(topic).iter().filter(|id| broker.stats(**id).unwrap().published > 0);
    assert_eq!(published.count(), matching);
}
