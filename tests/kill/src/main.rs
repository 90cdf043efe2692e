//! Kills the emulator at random while clients publish and consume through a lossy link, and starts
//! it again on the same data directory. Clients are killed, too; one of them publishes through an
//! outbox. These must hold:
//!
//! - no event is lost that was reported as accepted or put into the outbox;
//! - no event comes back whose acknowledgement was confirmed;
//! - no event of the outbox is overtaken by a later one with its key;
//! - the MQTT broker retains what it confirmed last.
//!
//! Its last line is the result, and it exits with 0 only if all of them held.

mod client;
mod journal;
mod outbox;
mod processes;
mod retained;

use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;
use std::thread::sleep;
use std::time::{Duration, Instant};

use clap::{Parser, Subcommand};
use link::relay::Relay;
use link::{LinkOptions, PipeOptions};
use rand::{Rng as _, SeedableRng as _, rngs::StdRng};

use journal::Journal;
use processes::{Clients, Server};

/// A lock of a client that was killed ends after so many seconds.
const LOCK: u32 = 5;

/// What nobody lived to settle after so long, in which nothing else was settled, is lost.
const PATIENCE: Duration = Duration::from_secs(90);

type AnyError = Box<dyn Error + Send + Sync>;

#[derive(Parser)]
#[command(version, max_term_width = 100, args_conflicts_with_subcommands = true)]
struct Options {
    #[command(subcommand)]
    client: Option<Client>,

    /// How often the emulator is killed.
    #[arg(long, default_value_t = 10)]
    kills: u32,

    /// What the moments of kills and the faults of the link follow from.
    #[arg(long, default_value_t = 1)]
    seed: u64,

    /// The emulator's program.
    #[arg(long, default_value = "eventgrid-emulator")]
    emulator: PathBuf,

    /// A Python that has the official SDK. Without it there are our own clients alone.
    #[arg(long)]
    python: Option<PathBuf>,

    /// Where the data directory and the journal are made.
    #[arg(long)]
    folder: Option<PathBuf>,
}

/// What the program is when it runs as one of the clients.
#[derive(Subcommand)]
enum Client {
    /// Publishes.
    Publish { endpoint: String, journal: PathBuf },
    /// Receives and acknowledges.
    Consume { endpoint: String, journal: PathBuf },
    /// Puts events into an outbox, and forwards them.
    Outbox { endpoint: String, journal: PathBuf },
    /// Has the MQTT broker retain messages.
    Retain { endpoint: String, journal: PathBuf },
    /// Forwards what is left in the outbox.
    Drain { endpoint: String, journal: PathBuf },
}

fn main() -> Result<ExitCode, AnyError> {
    let options = Options::parse();
    match &options.client {
        Some(Client::Publish { endpoint, journal }) => client::publish(endpoint, journal)?,
        Some(Client::Consume { endpoint, journal }) => client::consume(endpoint, journal)?,
        Some(Client::Outbox { endpoint, journal }) => outbox::publish(endpoint, journal)?,
        Some(Client::Retain { endpoint, journal }) => retained::retain(endpoint, journal)?,
        Some(Client::Drain { endpoint, journal }) => outbox::drain(endpoint, journal)?,
        None => return run(&options),
    }
    Ok(ExitCode::SUCCESS)
}

fn run(options: &Options) -> Result<ExitCode, AnyError> {
    let mut random = StdRng::seed_from_u64(options.seed);
    let parent = options.folder.clone().unwrap_or_else(std::env::temp_dir);
    let folder = parent.join(format!("eventgrid-emulator-kill-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let journal = Journal::new(folder.join("journal"));

    let mut server = Server::start(&options.emulator, &folder.join("data"), "127.0.0.1:0")?;
    let relay = Relay::start(server.address(), &lossy(options.seed))?;
    let endpoint = format!("http://{}", relay.address());
    let mut clients = Clients::start(&endpoint, journal.path(), options.python.as_deref())?;
    for kill in 1..=options.kills {
        sleep(Duration::from_millis(random.random_range(200..2500)));
        server.kill()?;
        let killed_clients = clients.kill_some(&mut random)?;
        let started = Instant::now();
        server = Server::start(&options.emulator, &folder.join("data"), &server.address().to_string())?;
        println!("kill {kill}: back after {:.1?}, with {killed_clients} clients killed", started.elapsed());
        clients.start_killed()?;
    }
    sleep(Duration::from_secs(1));
    clients.kill_publishers()?;
    clients.drain_outbox()?;

    let result = journal.wait_until_settled(PATIENCE)?;
    clients.kill_all()?;
    let arrived = outbox::arrived(&format!("http://{}", server.address()))?;
    let overtaken = outbox::overtaken(&arrived);
    let missing = journal.missing(&arrived)?;
    let (topics, not_retained) = retained::wrong(&format!("http://{}", server.address()), &journal)?;
    server.kill()?;
    println!("{} events arrived, also twice; messages of {topics} topics were retained", arrived.len());
    println!(
        "{} connections through the link; {} accepted, {} acknowledged, {} lost, {} came back, {} missing, {} overtaken, {} not retained",
        relay.stats().connections,
        result.accepted,
        result.acknowledged,
        result.lost.len(),
        result.came_back.len(),
        missing.len(),
        overtaken.len(),
        not_retained.len()
    );
    let is_good = [&result.lost, &result.came_back, &missing, &overtaken, &not_retained]
        .iter()
        .all(|ids| ids.is_empty());
    if is_good && result.accepted > 0 && result.acknowledged > 0 && topics > 0 {
        std::fs::remove_dir_all(&folder)?;
        return Ok(ExitCode::SUCCESS);
    }
    println!("lost: {:?}\ncame back: {:?}", result.lost, result.came_back);
    println!("missing: {missing:?}\novertaken: {overtaken:?}\nnot retained: {not_retained:?}");
    println!("see {}", folder.display());
    Ok(ExitCode::FAILURE)
}

/// A link that delays, loses and resets.
fn lossy(seed: u64) -> LinkOptions {
    let pipe = PipeOptions::new()
        .latency(Duration::from_millis(2))
        .jitter(Duration::from_millis(4))
        .loss(0.01)
        .reset_probability(0.002);
    LinkOptions::new().seed(seed).both(pipe)
}
