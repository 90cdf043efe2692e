//! How a queue copes with a flash that forgets, is worn out, or holds other data.

use embassy_futures::block_on;
use eventgrid::event::CloudEventBuf;
use eventgrid::{CloudEvent, Data};
use eventgrid_flash_queue::{Error, FlashQueue};
use proptest::prelude::*;
use sequential_storage::cache::Cache;
use sequential_storage::queue::{QueueConfig, QueueStorage};

use crate::life::{N, Queue, event, numbers};
use crate::simulated_flash::{Failure, SimulatedFlash};
use crate::wear::{bytes_of_one, same_size};

type Flash = SimulatedFlash<4, 512>;

/// A flash with events from number 0, on two pages of three.
async fn filled(events: u32) -> Flash {
    let mut flash = Flash::new(3);
    let range = flash.whole();
    let mut queue = Queue::open(&mut flash, range).await.unwrap();
    for number in 0..events {
        queue.push(&event(number)).await.unwrap();
    }
    flash
}

#[test]
fn a_bit_that_turns_costs_one_event_at_the_most() {
    block_on(async {
        let original = filled(9).await;
        let range = original.whole();
        let mut costly = 0;
        for at in 0..original.bytes.len() {
            let mut flash = original.clone();
            flash.bytes[at] ^= 1 << (at % 8);
            let mut queue = Queue::open(&mut flash, range.clone()).await.unwrap();
            let found = numbers(&queue.peek::<16>().await.unwrap());
            assert!(found.is_sorted() && found.len() >= 8, "byte {at}: {found:?}");
            // It goes on, and what is missing between two others is counted.
            let mut not_held = 0;
            if let Err(error) = queue.push(&event(9)).await {
                // The bit was where this event came to lie: it comes to lie behind that now.
                assert!(matches!(error, Error::NotHeld { .. }), "byte {at}: {error:?}");
                queue.push(&event(9)).await.unwrap();
                not_held = 1;
            }
            let peeked = queue.peek::<16>().await.unwrap();
            assert_eq!(numbers(&peeked).last(), Some(&9), "byte {at}");
            assert_eq!(queue.pop(&peeked).await.unwrap() as usize, found.len() + 1);
            assert!(queue.is_empty());
            if found.len() == 8 {
                costly += 1;
                let between = found.first() == Some(&0) && found.last() == Some(&8);
                assert_eq!(queue.lost(), not_held + u32::from(between), "byte {at}: {found:?}");
            }
        }
        assert!(costly > 500, "{costly}");
    });
}

#[test]
fn a_page_of_damaged_and_popped_events_is_used_again() {
    block_on(async {
        let a_page = (512 - 8) / bytes_of_one();
        let mut flash = Flash::new(2);
        let range = flash.whole();
        flash.weak = Some(60);
        let mut queue = Queue::open(&mut flash, range).await.unwrap();
        let mut events = same_size();
        assert!(matches!(queue.push(&events.next().unwrap()).await, Err(Error::NotHeld { .. })));
        for event in events.by_ref().take(a_page - 1) {
            queue.push(&event).await.unwrap();
        }
        let peeked = queue.peek::<16>().await.unwrap();
        assert_eq!(queue.pop(&peeked).await.unwrap() as usize, a_page - 1);
        for event in events.take(2 * a_page) {
            queue.push(&event).await.unwrap();
        }
        assert_eq!((queue.len() as usize, queue.lost()), (2 * a_page, 1));
    });
}

#[test]
fn what_is_no_event_is_passed_over() {
    block_on(async {
        let mut flash = Flash::new(3);
        let range = flash.whole();
        let config = QueueConfig::new(range.clone());
        let mut foreign = QueueStorage::new(flash, config, Cache::new_uncached());
        for record in ["x", "0000no event", "", "0001{}", "0002[1,2,3]"] {
            foreign.push(record.as_bytes(), false).await.unwrap();
        }
        flash = foreign.destroy().0;
        let mut queue = Queue::open(&mut flash, range).await.unwrap();
        queue.push(&event(7)).await.unwrap();
        let peeked = queue.peek::<4>().await.unwrap();
        assert_eq!(numbers(&peeked), [7]);
        assert_eq!((queue.pop(&peeked).await.unwrap(), queue.len()), (1, 0));
    });
}

#[test]
fn a_cell_that_is_worn_out_is_told_of() {
    block_on(async {
        let mut flash = Flash::new(2);
        let range = flash.whole();
        flash.weak = Some(60);
        let mut queue = Queue::open(&mut flash, range).await.unwrap();
        let failed = queue.push(&event(0)).await.unwrap_err();
        assert!(matches!(failed, Error::NotHeld { address: 12 }), "{failed:?}");
        // What comes behind it is stored all the same, and what was not stored is not there.
        queue.push(&event(1)).await.unwrap();
        assert_eq!(numbers(&queue.peek::<2>().await.unwrap()), [1]);
        assert_eq!((queue.len(), queue.lost()), (1, 1));
    });
}

#[test]
fn a_range_is_two_or_more_whole_pages_of_the_flash() {
    block_on(async {
        let mut flash = Flash::new(3);
        #[allow(clippy::reversed_empty_ranges, reason = "that is what is refused")]
        for range in [0..512, 0..0, 1024..0, 0..1025, 1..1025, 512..2048, 256..1280] {
            let opened = Queue::open(&mut flash, range.clone()).await;
            assert!(matches!(opened, Err(Error::InvalidRange)), "{range:?}");
            let formatted = Queue::format(&mut flash, range.clone()).await;
            assert!(matches!(formatted, Err(Error::InvalidRange)), "{range:?}");
        }
        assert_eq!(flash.erases, [0; 3]);
        Queue::open(&mut flash, 512..1536).await.unwrap().push(&event(0)).await.unwrap();
        assert!(flash.bytes[..512].iter().all(|byte| *byte == 0xff));
    });
}

#[test]
fn events_that_do_not_fit_are_refused() {
    block_on(async {
        let mut flash = Flash::new(2);
        let range = flash.whole();
        let mut queue = Queue::open(&mut flash, range.clone()).await.unwrap();
        let id = |len| "x".repeat(len);
        let overhead = CloudEventBuf::<N>::new(&CloudEvent::new("x", "b", "R")).unwrap();
        let overhead = overhead.view().unwrap().as_json().as_str().len() - 1;
        let largest = id(Queue::<4, 512>::LARGEST_EVENT - overhead);
        queue.push(&CloudEventBuf::new(&CloudEvent::new(largest.as_str(), "b", "R")).unwrap()).await.unwrap();
        let larger = id(Queue::<4, 512>::LARGEST_EVENT - overhead + 1);
        let refused =
            queue.push(&CloudEventBuf::new(&CloudEvent::new(larger.as_str(), "b", "R")).unwrap()).await;
        assert!(matches!(refused, Err(Error::EventTooLarge)));
        assert_eq!((queue.len(), queue.lost()), (1, 0));
        let opened = FlashQueue::<_, 64>::open(&mut flash, range.clone()).await;
        assert!(matches!(opened, Err(Error::StoredEventTooLarge { bytes: N })), "{opened:?}");
        assert!(FlashQueue::<_, 64>::format(&mut flash, range).await.unwrap().is_empty());
    });
}

#[test]
fn nothing_of_an_event_is_shown() {
    block_on(async {
        let mut flash = Flash::new(2);
        let range = flash.whole();
        let mut queue = Queue::open(&mut flash, range).await.unwrap();
        let event = CloudEvent::new("1", "b", "R").with_data(Data::raw_json("\"secret\"").unwrap());
        queue.push(&CloudEventBuf::new(&event).unwrap()).await.unwrap();
        let peeked = queue.peek::<1>().await.unwrap();
        let shown = format!("{queue:?} {peeked:?}");
        assert!(shown.contains("len: 1") && !shown.contains("secret"), "{shown}");
    });
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever the flash holds, nothing panics or hangs, and a queue can be made of it.
    #[test]
    fn any_bytes_can_be_opened_or_formatted(
        bytes in proptest::collection::vec(prop_oneof![3 => Just(0xff), 2 => Just(0), 2 => any::<u8>()], 3 * 512),
    ) {
        block_on(async {
            let mut flash = Flash::new(3);
            flash.bytes = bytes;
            let range = flash.whole();
            match Queue::open(&mut flash, range.clone()).await {
                Ok(mut queue) => _ = queue.push_dropping_oldest(&event(0)).await,
                Err(Error::Damaged | Error::StoredEventTooLarge { .. }) => {}
                Err(error) => panic!("{error:?}"),
            }
            let mut queue = Queue::format(&mut flash, range).await.unwrap();
            queue.push(&event(1)).await.unwrap();
            assert_eq!(numbers(&queue.peek::<2>().await.unwrap()), [1]);
            Ok::<(), Error<Failure>>(())
        })?;
    }
}
