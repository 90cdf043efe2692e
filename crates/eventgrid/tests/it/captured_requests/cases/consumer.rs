//! Receiving and settling.

use std::time::Duration;

use eventgrid::{ReceiveOptions, ReleaseDelay, SettleAction};

use super::{Call, Case, same};
use crate::captured_requests::calls::{received, settled};

pub(super) fn cases() -> Vec<Case> {
    use Call::Request;
    vec![
        same("consumer: receive()", Request(|| received(ReceiveOptions::new()))),
        same(
            "consumer: receive(max_events=100,max_wait_time=10)",
            Request(|| {
                received(ReceiveOptions::new().max_events(100).max_wait_time(Duration::from_secs(10)))
            }),
        ),
        same("consumer: acknowledge", Request(|| settled(SettleAction::Acknowledge, &["t1", "t2"]))),
        same("consumer: release", Request(|| settled(SettleAction::Release(ReleaseDelay::NoDelay), &["t1"]))),
        same(
            "consumer: release with delay",
            Request(|| settled(SettleAction::Release(ReleaseDelay::OneHour), &["t1"])),
        ),
        same("consumer: reject", Request(|| settled(SettleAction::Reject, &["t1"]))),
        same("consumer: renew_locks", Request(|| settled(SettleAction::RenewLocks, &["t1"]))),
    ]
}
