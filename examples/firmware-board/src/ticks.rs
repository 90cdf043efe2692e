//! The clock that `embassy_time` reads: milliseconds, counted by the machine's timer interrupt.

use core::cell::RefCell;
use core::task::Waker;

use embassy_sync::blocking_mutex::CriticalSectionMutex;
use embassy_time_driver::Driver;
use embassy_time_queue_utils::Queue;

/// Counts one millisecond, and wakes whoever waits for it. Called by the machine's timer interrupt.
pub(crate) fn tick() {
    CLOCK.state.lock(|state| {
        let state = &mut *state.borrow_mut();
        state.now += 1;
        if state.now >= state.alarm {
            state.alarm = state.queue.next_expiration(state.now);
        }
    });
}

struct Clock {
    state: CriticalSectionMutex<RefCell<State>>,
}

struct State {
    now: u64,
    /// When the next of those who wait is to be woken.
    alarm: u64,
    queue: Queue,
}

impl Driver for Clock {
    fn now(&self) -> u64 {
        self.state.lock(|state| state.borrow().now)
    }

    fn schedule_wake(&self, at: u64, waker: &Waker) {
        self.state.lock(|state| {
            let state = &mut *state.borrow_mut();
            if state.queue.schedule_wake(at, waker) {
                // The next tick finds out.
                state.alarm = state.now;
            }
        });
    }
}

embassy_time_driver::time_driver_impl!(static CLOCK: Clock = Clock {
    state: CriticalSectionMutex::new(RefCell::new(State { now: 0, alarm: u64::MAX, queue: Queue::new() })),
});
