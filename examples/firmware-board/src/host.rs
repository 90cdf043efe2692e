//! What the host provides by semihosting.

use core::time::Duration;

use semihosting::experimental::time::SystemTime;

/// The host's wall clock: the time since 1970-01-01T00:00:00Z, in whole seconds. It stands for a
/// real-time clock.
pub fn unix_time() -> Option<Duration> {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).ok()
}

/// A random number of the host's. It stands for a random number generator.
///
/// # Panics
/// If the host has none to give.
pub fn random() -> u64 {
    u64::from_ne_bytes(random_bytes())
}

/// Random bytes of the host's, which nobody can guess. They stand for a true random number
/// generator.
///
/// # Panics
/// If the host has none to give.
pub fn random_bytes<const LENGTH: usize>() -> [u8; LENGTH] {
    let mut bytes = [0; LENGTH];
    semihosting::experimental::random::fill_bytes(&mut bytes).expect("the host has random numbers");
    bytes
}

/// Prints text as it is.
pub(crate) fn print(text: &str) {
    use semihosting::io::Write;
    // Nobody is left to be told.
    if let Ok(mut out) = semihosting::io::stdout() {
        let _ = out.write_all(text.as_bytes());
    }
}
