//! What is allocated for each event: nothing.

use allocation_counter::measure;
use eventgrid::calls::RequestContext;
use eventgrid::calls::{Call, Publish, Settle, SettleAction};
use eventgrid::{Batch, Buf, CloudEvent, NamespaceTopic, Settlement, Subscription};

const ENDPOINT: &str = "https://ns.westeurope-1.eventgrid.azure.net";

/// How many allocations something makes.
fn allocations(run: impl FnOnce()) -> u64 {
    measure(run).count_total
}

#[test]
fn publishing_into_a_reused_buffer_allocates_nothing() {
    let target = NamespaceTopic::new(ENDPOINT, "orders").unwrap();
    let event = CloudEvent::new("1", "urn:shop", "Order.Created").with_subject("\"7\"");
    let events = vec![event; 100];
    let mut storage = vec![0; 1 << 16];
    let count = allocations(|| {
        let mut tx = Buf::new(&mut storage);
        let call = Publish::new(&target, &events[..]);
        let encoded = call.encode(&RequestContext::default(), &mut tx).unwrap();
        assert!(encoded.request(&tx).body().len() > 7000);
    });
    assert_eq!(count, 0);
}

#[test]
fn receiving_and_settling_allocates_nothing_for_each_event() {
    let subscription = Subscription::new(ENDPOINT, "orders", "all").unwrap();
    let counts = [1, 10, 100].map(|events| {
        let body = received(events);
        let mut storage = vec![0; 1 << 16];
        allocations(|| {
            let batch = Batch::parse(body.as_bytes()).unwrap();
            for received in &batch {
                assert_eq!(received.event().unwrap().data().as_json().unwrap().as_str(), r#"{"total":9}"#);
            }
            let mut tx = Buf::new(&mut storage);
            let call = Settle::new(&subscription, SettleAction::Acknowledge, &batch);
            let _ = call.encode(&RequestContext::default(), &mut tx).unwrap();
            let settlement =
                Settlement::parse(br#"{"succeededLockTokens":["CgM="],"failedLockTokens":[]}"#, false);
            assert!(settlement.unwrap().is_complete());
        })
    });
    // With a heap, there is one allocation: where the parts of the events are.
    assert_eq!(counts, [u64::from(cfg!(feature = "alloc")); 3]);
}

fn received(events: usize) -> String {
    let event = r#"{"brokerProperties":{"lockToken":"CgM=","deliveryCount":1},"event":{"specversion":"1.0","id":"1","source":"urn:shop","type":"Order.Created","subject":"\"7\"","data":{"total":9}}}"#;
    format!(r#"{{"value":[{}]}}"#, vec![event; events].join(","))
}
