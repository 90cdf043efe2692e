//! The options of the program.

use std::time::Duration;

use clap::Parser;
use link::{End, LinkOptions, PipeOptions};

use crate::values::{Directed, directed, length, probability, size, time, two_times};

const EXAMPLES: &str = "\
Sizes are in bytes: 1460, 400k or 1.5M (of 1000), 64Ki (of 1024). Times have a unit: 200us, 50ms, 1.5s, 2min.
Probabilities: 0.01 or 1%.

An option of the link applies to both directions. With to-server= or to-client= before its value it applies to one;
give it twice for two values.

Examples:
  A slow line:      link --to 127.0.0.1:6500 --rate 400k --latency 50ms
  A mobile network: link --to 127.0.0.1:6500 --rate to-server=50k --rate to-client=1M --latency 80ms \\
                      --jitter 40ms --loss 2%
  Reset mid-body:   link --to 127.0.0.1:6500 --reset-after-bytes to-client=1000";

/// A slow, lossy link between any client and any server, over TCP.
///
/// Clients connect to the link, and each connection is passed on to the server. When it is ready,
/// it prints `listening on ADDRESS`. It runs until it is killed.
#[derive(Parser)]
#[command(version, max_term_width = 100, after_help = EXAMPLES)]
pub(crate) struct Options {
    /// Address to listen on; port 0 picks a free one.
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:0")]
    pub(crate) listen: String,

    /// Address of the server.
    #[arg(long, value_name = "HOST:PORT")]
    pub(crate) to: String,

    /// Seed of everything random: the same seed gives the same faults.
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u64,

    /// Bytes per second; at 0, no byte arrives. Without it there is no limit.
    #[arg(long, value_name = "SIZE", value_parser = directed(size))]
    rate: Vec<Directed<u64>>,

    /// Bytes that may arrive at once after a pause, beyond the rate. Default: a segment.
    #[arg(long, value_name = "SIZE", value_parser = directed(length))]
    burst: Vec<Directed<usize>>,

    /// Time that every byte is on the way.
    #[arg(long, value_name = "TIME", value_parser = directed(time))]
    latency: Vec<Directed<Duration>>,

    /// Random time up to which the latency of a segment is longer. Segments stay in order.
    #[arg(long, value_name = "TIME", value_parser = directed(time))]
    jitter: Vec<Directed<Duration>>,

    /// Probability that a segment is lost. It is sent again, so it is late, and those after it,
    /// too.
    #[arg(long, value_name = "PROBABILITY", value_parser = directed(probability))]
    loss: Vec<Directed<f64>>,

    /// Time after which a lost segment is sent again; it doubles with each further loss. Default:
    /// 200ms.
    #[arg(long, value_name = "TIME", value_parser = directed(time))]
    retransmission: Vec<Directed<Duration>>,

    /// Stall: from TIME after a connection was opened, no byte arrives for LENGTH. Repeatable.
    #[arg(long, value_name = "TIME+LENGTH", value_parser = directed(two_times))]
    stall: Vec<Directed<(Duration, Duration)>>,

    /// Random stalls: one in about each EVERY, of LENGTH.
    #[arg(long, value_name = "EVERY+LENGTH", value_parser = directed(two_times))]
    random_stalls: Vec<Directed<(Duration, Duration)>>,

    /// Reset each connection after so many bytes of the direction.
    #[arg(long, value_name = "SIZE", value_parser = directed(size))]
    reset_after_bytes: Vec<Directed<u64>>,

    /// Reset each connection that long after it was opened.
    #[arg(long, value_name = "TIME", value_parser = directed(time))]
    reset_after: Vec<Directed<Duration>>,

    /// Probability that a segment is not delivered, and the connection is reset instead.
    #[arg(long, value_name = "PROBABILITY", value_parser = directed(probability))]
    reset_probability: Vec<Directed<f64>>,

    /// Most bytes that are written to a socket at once.
    #[arg(long, value_name = "SIZE", value_parser = directed(length))]
    fragment: Vec<Directed<usize>>,

    /// Bytes that are delayed and lost together. Default: 1460.
    #[arg(long, value_name = "SIZE", value_parser = directed(length))]
    segment: Vec<Directed<usize>>,

    /// Bytes that are taken from a sender ahead; it limits the rate to SIZE / latency. Default:
    /// 65700.
    #[arg(long, value_name = "SIZE", value_parser = directed(length))]
    buffer: Vec<Directed<usize>>,
}

impl Options {
    /// The options of the link.
    pub(crate) fn link(&self) -> LinkOptions {
        LinkOptions::new()
            .seed(self.seed)
            .to_server(self.direction(End::Server))
            .to_client(self.direction(End::Client))
    }

    fn direction(&self, to: End) -> PipeOptions {
        let mut options = PipeOptions::new();
        options = set(options, to, &self.rate, PipeOptions::rate);
        options = set(options, to, &self.burst, PipeOptions::burst);
        options = set(options, to, &self.latency, PipeOptions::latency);
        options = set(options, to, &self.jitter, PipeOptions::jitter);
        options = set(options, to, &self.loss, PipeOptions::loss);
        options = set(options, to, &self.retransmission, PipeOptions::retransmission);
        options = set(options, to, &self.stall, |options, (at, length)| options.stall(at, length));
        options = set(options, to, &self.random_stalls, |options, (every, length)| {
            options.random_stalls(every, length)
        });
        options = set(options, to, &self.reset_after_bytes, PipeOptions::reset_after_bytes);
        options = set(options, to, &self.reset_after, PipeOptions::reset_after);
        options = set(options, to, &self.reset_probability, PipeOptions::reset_probability);
        options = set(options, to, &self.fragment, PipeOptions::fragment);
        options = set(options, to, &self.segment, PipeOptions::segment);
        set(options, to, &self.buffer, PipeOptions::buffer)
    }
}

/// Sets an option to the values that are for a direction; the last one stays.
fn set<T: Copy>(
    options: PipeOptions,
    to: End,
    values: &[Directed<T>],
    set: impl Fn(PipeOptions, T) -> PipeOptions,
) -> PipeOptions {
    let for_this = values.iter().filter(|given| given.to.is_none_or(|end| end == to));
    for_this.fold(options, |options, given| set(options, given.value))
}
