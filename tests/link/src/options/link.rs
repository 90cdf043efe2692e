//! Options of a whole link.

use super::PipeOptions;

/// Options of a link: a seed, and the options of each direction.
///
/// ```
/// use std::time::Duration;
/// use link::{LinkOptions, PipeOptions};
///
/// // A phone at the edge of its cell: slow, and slower still on the way up.
/// let far = PipeOptions::new().latency(Duration::from_millis(80)).loss(0.02);
/// let up = far.clone().rate(12_500);
/// let options = LinkOptions::new().seed(7).to_server(up).to_client(far.rate(50_000));
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct LinkOptions {
    pub(crate) seed: u64,
    pub(crate) to_server: PipeOptions,
    pub(crate) to_client: PipeOptions,
}

impl LinkOptions {
    /// A perfect link, with seed 0: no limit, no delay, no fault.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the seed of everything random. The same seed gives the same losses, delays and resets
    /// at the same places of the stream. Default: 0.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Sets the options of the direction from the client to the server.
    #[must_use]
    pub fn to_server(mut self, options: PipeOptions) -> Self {
        self.to_server = options;
        self
    }

    /// Sets the options of the direction from the server to the client.
    #[must_use]
    pub fn to_client(mut self, options: PipeOptions) -> Self {
        self.to_client = options;
        self
    }

    /// Sets the options of both directions. Their losses and delays differ nevertheless.
    #[must_use]
    pub fn both(self, options: PipeOptions) -> Self {
        self.to_server(options.clone()).to_client(options)
    }
}
