//! Time, random values and sleep, which are passed as arguments.

use core::time::Duration;

/// A source of time and random values.
///
/// The code of this crate reads a clock and gets random numbers only through this trait, so that a
/// test of code that waits takes no time. `Std` (feature `std`) implements it for an operating
/// system; the adapters for tokio and embassy have their own.
///
/// ```
/// use core::cell::Cell;
/// use core::time::Duration;
/// use eventgrid_transport::{Environment, Sleep};
///
/// /// For a test: it sleeps by moving its own clock.
/// struct TestClock(Cell<Duration>);
///
/// impl Environment for TestClock {
///     fn unix_time(&self) -> Option<Duration> {
///         Some(Duration::from_secs(1_750_000_000) + self.0.get())
///     }
///
///     fn uptime(&self) -> Duration {
///         self.0.get()
///     }
///
///     fn random(&self) -> u64 {
///         4 // The same jitter in each run of the test.
///     }
/// }
///
/// impl Sleep for TestClock {
///     fn sleep(&self, duration: Duration) {
///         self.0.set(self.0.get() + duration);
///     }
/// }
///
/// let clock = TestClock(Cell::new(Duration::ZERO));
/// clock.sleep(Duration::from_secs(60));
/// assert_eq!(clock.uptime(), Duration::from_secs(60));
/// ```
pub trait Environment {
    /// The time since 1970-01-01T00:00:00Z, or `None` on a device that does not know it, or not
    /// yet.
    ///
    /// It is needed where `Retry-After` is a date and the response has no `Date` of its own.
    fn unix_time(&self) -> Option<Duration>;

    /// The time since some fixed moment; it never goes back. It bounds how long retries go on.
    fn uptime(&self) -> Duration;

    /// A random number: for the jitter of retries and for request ids, never for secrets.
    fn random(&self) -> u64;
}

/// An [`Environment`] whose sleep blocks.
pub trait Sleep: Environment {
    /// Returns after `duration`.
    fn sleep(&self, duration: Duration);
}

/// An [`Environment`] whose sleep is a future.
///
/// If the future can be `Send`, implement [`SendAsyncSleep`] instead: it implements this trait,
/// too.
#[allow(async_fn_in_trait, reason = "SendAsyncSleep is the twin whose future is Send")]
pub trait AsyncSleep: Environment {
    /// Is ready after `duration`.
    async fn sleep(&self, duration: Duration);
}

/// An [`Environment`] whose sleep is a future that can move between threads.
pub trait SendAsyncSleep: Environment + Sync {
    /// Is ready after `duration`.
    fn sleep(&self, duration: Duration) -> impl Future<Output = ()> + Send;
}

impl<E: SendAsyncSleep> AsyncSleep for E {
    async fn sleep(&self, duration: Duration) {
        SendAsyncSleep::sleep(self, duration).await;
    }
}

macro_rules! through_pointer {
    ($($pointer:ty),+) => {$(
        impl<E: Environment + ?Sized> Environment for $pointer {
            fn unix_time(&self) -> Option<Duration> {
                (**self).unix_time()
            }

            fn uptime(&self) -> Duration {
                (**self).uptime()
            }

            fn random(&self) -> u64 {
                (**self).random()
            }
        }

        impl<E: Sleep + ?Sized> Sleep for $pointer {
            fn sleep(&self, duration: Duration) {
                (**self).sleep(duration);
            }
        }
    )+};
}

through_pointer!(&E);
#[cfg(feature = "std")]
through_pointer!(std::sync::Arc<E>);

impl<E: SendAsyncSleep> SendAsyncSleep for &E {
    fn sleep(&self, duration: Duration) -> impl Future<Output = ()> + Send {
        SendAsyncSleep::sleep(*self, duration)
    }
}

#[cfg(feature = "std")]
impl<E: SendAsyncSleep + Send> SendAsyncSleep for std::sync::Arc<E> {
    fn sleep(&self, duration: Duration) -> impl Future<Output = ()> + Send {
        SendAsyncSleep::sleep(&**self, duration)
    }
}

/// The environment of an ordinary operating system; its sleep blocks the thread.
#[cfg(feature = "std")]
#[derive(Debug, Clone, Copy, Default)]
pub struct Std;

#[cfg(feature = "std")]
impl Environment for Std {
    fn unix_time(&self) -> Option<Duration> {
        std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).ok()
    }

    fn uptime(&self) -> Duration {
        static START: std::sync::OnceLock<std::time::Instant> = std::sync::OnceLock::new();
        START.get_or_init(std::time::Instant::now).elapsed()
    }

    fn random(&self) -> u64 {
        use std::hash::{BuildHasher, Hasher};
        // The hash of no data with a random key of the operating system. Each state has another
        // key.
        std::hash::RandomState::new().build_hasher().finish()
    }
}

#[cfg(feature = "std")]
impl Sleep for Std {
    fn sleep(&self, duration: Duration) {
        std::thread::sleep(duration);
    }
}
