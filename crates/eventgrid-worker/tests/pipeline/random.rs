//! Random faults and stops: no order is acknowledged unless its invoice was accepted, and none is
//! lost.

use std::collections::HashSet;
use std::time::Duration;

use eventgrid::{SendAsyncSleep, SendLimits};
use eventgrid_worker::{BoxError, Pipeline, ProcessorEvent, ProcessorStop};
use futures_util::future::join;
use proptest::prelude::*;

use crate::faulty::Fault;
use crate::support::{Run, Shop, event};
use crate::task::Task;

/// One run, and how it ends.
#[derive(Debug, Clone)]
struct Course {
    /// Of publish, receive, acknowledge and release.
    faults: [Vec<Fault>; 4],
    max_events: usize,
    capacity: usize,
    transforms: usize,
    transform_time: u64,
    max_delay: u64,
    /// In milliseconds.
    duration: u64,
    stop: Option<ProcessorStop>,
}

/// Faults of an operation; `broken` is what may come in place of a response that was promised.
fn faults(broken: Fault) -> impl Strategy<Value = Vec<Fault>> {
    let fault = prop_oneof![
        4 => Just(Fault::None),
        1 => Just(Fault::NotSent),
        1 => Just(Fault::ResponseLost),
        1 => Just(Fault::Status(413)),
        1 => Just(Fault::Status(503)),
        1 => Just(Fault::Status(400)),
        1 => Just(broken),
        1 => Just(Fault::TooLarge),
    ];
    prop::collection::vec(fault, 0..8)
}

fn course() -> impl Strategy<Value = Course> {
    let stop = prop_oneof![
        Just(None),
        Just(Some(ProcessorStop::Finish)),
        Just(Some(ProcessorStop::Release)),
        Just(Some(ProcessorStop::Abandon)),
    ];
    // A publish is accepted by its status alone, whatever its body is.
    let publish = faults(Fault::None).prop_map(|mut faults| {
        faults.retain(|fault| *fault != Fault::TooLarge);
        faults
    });
    let [receive, acknowledge, release] = [(); 3].map(|()| faults(Fault::Response("{")));
    (
        (publish, receive, acknowledge, release),
        1..10_usize,
        1..10_usize,
        1..5_usize,
        (0..2000_u64, 0..1000_u64, 0..40_000_u64),
        stop,
    )
        .prop_map(
            |(faults, max_events, capacity, transforms, (transform_time, max_delay, duration), stop)| {
                Course {
                    faults: faults.into(),
                    max_events,
                    capacity,
                    transforms,
                    transform_time,
                    max_delay,
                    duration,
                    stop,
                }
            },
        )
}

fn run(shop: &Shop, course: &Course) {
    for (operation, faults) in
        ["publish", "receive", "acknowledge", "release"].into_iter().zip(&course.faults)
    {
        shop.network.fail(operation, faults.iter().copied());
    }
    let (batcher, publishing) = shop
        .batcher()
        .limits(SendLimits { max_events: course.max_events, max_bytes: 100_000 })
        .capacity(SendLimits { max_events: course.capacity, max_bytes: 100_000 })
        .max_delay(Duration::from_millis(course.max_delay))
        .build();
    let (clock, time) = (shop.namespace.clone(), Duration::from_millis(course.transform_time));
    let handler =
        Pipeline::new(batcher).transforms(course.transforms).handler(move |order: ProcessorEvent| {
            let clock = clock.clone();
            async move {
                SendAsyncSleep::sleep(&clock, time).await;
                Ok::<_, BoxError>([event(format!("{}-a", order.id())), event(format!("{}-b", order.id()))])
            }
        });
    let processor = shop.processor();
    let handle = processor.handle();
    let run = processor.run(handler);
    let mut run: Run = Task::new(async { join(run, publishing).await.0.unwrap_or_default() });
    shop.pass(&mut run, Duration::from_millis(course.duration));
    if let Some(stop) = course.stop {
        handle.stop(stop);
        assert!(shop.pass(&mut run, Duration::from_secs(600)), "it does not end");
    }
}

/// Whether all that comes of an order was accepted.
fn is_billed(invoices: &std::collections::HashMap<String, usize>, order: u32) -> bool {
    ["a", "b"].iter().all(|part| invoices.contains_key(&format!("{order}-{part}")))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, ..ProptestConfig::default() })]

    #[test]
    fn nothing_is_acknowledged_before_its_invoices_are_accepted(
        orders in 1..40_u32,
        courses in prop::collection::vec(course(), 1..3),
        ends_well: bool,
    ) {
        let shop = Shop::new();
        shop.order(0..orders);
        for course in &courses {
            run(&shop, course);
        }
        if ends_well {
            shop.namespace.advance(Duration::from_secs(7200));
            let duration = 120_000;
            run(&shop, &Course { faults: Default::default(), duration, stop: Some(ProcessorStop::Finish), ..courses[0].clone() });
            prop_assert_eq!(shop.acknowledged(), u64::from(orders));
        }
        let invoices = shop.invoices();
        let left: HashSet<String> = shop.left().into_iter().collect();
        for order in 0..orders {
            prop_assert!(left.contains(&order.to_string()) || is_billed(&invoices, order), "{order} is lost");
        }
        prop_assert!(!ends_well || left.is_empty());
    }
}
