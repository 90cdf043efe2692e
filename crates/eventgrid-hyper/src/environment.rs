//! Time and sleep of tokio.

use std::sync::OnceLock;
use std::time::Duration;

use eventgrid::{Environment, SendAsyncSleep, Std};
use tokio::time::Instant;

/// The environment of a program on tokio. Its sleep and its uptime are those of the runtime, so the
/// uptime stands still while a test has paused tokio's clock.
///
/// Its sleep needs a runtime whose time driver is enabled, and panics without one.
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
