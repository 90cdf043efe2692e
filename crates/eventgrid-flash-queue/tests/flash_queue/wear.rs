//! How many events fit, and how often pages are erased for them: the arithmetic of the README.

use embassy_futures::block_on;
use eventgrid_flash_queue::Error;

use crate::life::{Queue, event};
use crate::simulated_flash::SimulatedFlash;

/// All of one size: their numbers have three digits and their data is as long.
pub(crate) fn same_size() -> impl Iterator<Item = eventgrid::event::CloudEventBuf<128>> {
    (0..).map(|turn| event(100 + turn % 25 * 30))
}

/// A record of these, its header of 8 bytes and the bytes up to a whole word.
pub(crate) fn bytes_of_one() -> usize {
    let text = same_size().next().unwrap().view().unwrap().as_json().as_str().len();
    8 + (4 + text).next_multiple_of(4)
}

#[test]
fn there_is_room_for_all_pages_but_one_at_the_least() {
    block_on(async {
        let mut flash = SimulatedFlash::<4, 512>::new(4);
        let range = flash.whole();
        let mut queue = Queue::open(&mut flash, range).await.unwrap();
        let a_page = (512 - 8) / bytes_of_one();
        let mut events = same_size();
        for popped_before in 0..a_page {
            while queue.push(&events.next().unwrap()).await.is_ok() {}
            assert!(matches!(queue.push(&events.next().unwrap()).await, Err(Error::Full)));
            let len = queue.len() as usize;
            assert!(len > 3 * a_page && len <= 4 * a_page, "{len} after {popped_before}");
            let oldest = queue.peek::<1>().await.unwrap();
            assert_eq!(queue.pop(&oldest).await.unwrap(), 1);
        }
    });
}

#[test]
fn pages_wear_evenly_over_many_rounds() {
    block_on(async {
        const EVENTS: usize = 4000;
        let mut flash = SimulatedFlash::<4, 512>::new(4);
        let range = flash.whole();
        let mut queue = Queue::open(&mut flash, range).await.unwrap();
        for event in same_size().take(EVENTS) {
            queue.push(&event).await.unwrap();
            if queue.len() == 8 {
                let peeked = queue.peek::<5>().await.unwrap();
                assert_eq!(queue.pop(&peeked).await.unwrap(), 5);
            }
        }
        assert_eq!(queue.lost(), 0);
        let (least, most) = (flash.erases.iter().min().unwrap(), flash.erases.iter().max().unwrap());
        assert!(most - least <= 1, "{:?}", flash.erases);
        let pages_filled = EVENTS / ((512 - 8) / bytes_of_one());
        let erased = flash.erases.iter().sum::<u32>() as usize;
        assert!(erased <= pages_filled && erased >= pages_filled - 4, "{erased} of {pages_filled}");
        assert_eq!(flash.most_writes_of_a_word, 2);
    });
}

#[test]
fn restarts_without_events_wear_nothing() {
    block_on(async {
        let mut flash = SimulatedFlash::<4, 512>::new(4);
        let range = flash.whole();
        for turn in 0..5 {
            let mut queue = Queue::open(&mut flash, range.clone()).await.unwrap();
            if turn == 0 {
                queue.push(&event(1)).await.unwrap();
                let peeked = queue.peek::<1>().await.unwrap();
                queue.pop(&peeked).await.unwrap();
            }
            assert!(queue.peek::<1>().await.unwrap().is_empty());
        }
        assert_eq!(flash.erases, [0; 4]);
    });
}
