//! `link`: a slow, lossy link between any client and any server.

mod options;
mod values;

use std::io::{self, Write as _};
use std::net::ToSocketAddrs as _;
use std::process::ExitCode;
use std::thread;

use clap::Parser as _;
use link::relay::Relay;

use self::options::Options;

fn main() -> ExitCode {
    match run(&Options::parse()) {
        Ok(relay) => serve(&relay),
        Err(message) => {
            eprintln!("link: {message}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: &Options) -> Result<Relay, String> {
    let target = options
        .to
        .to_socket_addrs()
        .map_err(|error| format!("cannot look up the server {}, given by --to: {error}", options.to))?
        .next()
        .ok_or_else(|| format!("the server {}, given by --to, has no address", options.to))?;
    Relay::listen(&*options.listen, target, &options.link())
        .map_err(|error| format!("cannot listen on {}, given by --listen: {error}", options.listen))
}

/// Carries connections until the program is killed.
fn serve(relay: &Relay) -> ! {
    let mut stdout = io::stdout();
    // A closed stdout is not a reason to stop.
    let _ = writeln!(stdout, "listening on {}", relay.address()).and_then(|()| stdout.flush());
    loop {
        thread::park();
    }
}
