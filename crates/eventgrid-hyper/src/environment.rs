//! Time and sleep, as tokio has them.

use std::sync::OnceLock;
use std::time::Duration;

use eventgrid::{Environment, SendAsyncSleep, Std};
use tokio::time::Instant;

/// The environment of a program on tokio: its sleep is that of the runtime, and so is its uptime,
/// which stands still while a test has paused tokio's clock.
///
/// It sleeps only inside a runtime whose time is enabled.
#[derive(Debug, Clone, Copy, Default)]
pub struct Tokio;

impl Environment for Tokio {
    fn unix_time(&self) -> Option<Duration> {
        Std.unix_time()
    }

    fn uptime(&self) -> Duration {
        static START: OnceLock<Instant> = OnceLock::new();
        START.get_or_init(Instant::now).elapsed()
    }

    fn random(&self) -> u64 {
        Std.random()
    }
}

impl SendAsyncSleep for Tokio {
    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn the_uptime_grows_by_what_is_slept() {
        let before = Tokio.uptime();
        SendAsyncSleep::sleep(&Tokio, Duration::from_secs(3600)).await;
        let slept = Tokio.uptime().saturating_sub(before);
        assert!(slept >= Duration::from_secs(3600), "{slept:?}");
    }
}
