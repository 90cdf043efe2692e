//! The emulator and its clients as processes.

use std::io::{self, BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use rand::{Rng as _, rngs::StdRng};

use crate::{AnyError, LOCK};

pub(crate) const KEY: &str = "c2VjcmV0LWtleS1vZi10aGlydHktdHdvLWJ5dGVzISE=";

/// What the MQTT broker takes.
pub(crate) const TOKEN: &str = "token";

/// The emulator. Killed with this.
pub(crate) struct Server {
    child: Child,
    address: SocketAddr,
}

impl Server {
    pub(crate) fn start(program: &Path, data: &Path, listen: &str) -> Result<Self, AnyError> {
        let mut command = Command::new(program);
        command.args(["--listen", listen, "--key", KEY, "--subscription", "orders/billing", "--log", "off"]);
        command.args(["--bearer-token", TOKEN]);
        // Nobody receives from this one before the end.
        command.args(["--subscription", "orders/audit"]);
        // An event that is never settled in time must not be dropped for that.
        command.args(["--max-delivery-count", "1000000", "--lock-duration", &LOCK.to_string()]);
        command.arg("--data").arg(data).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child =
            command.spawn().map_err(|error| format!("cannot start {}: {error}", program.display()))?;
        let mut line = String::new();
        let stdout = child.stdout.take().ok_or("stdout is a pipe")?;
        BufReader::new(stdout).read_line(&mut line)?;
        let address = line.trim_end().strip_prefix("listening on http://").map(str::parse);
        match address {
            Some(Ok(address)) => Ok(Self { child, address }),
            _ => Err(format!("the emulator says {line:?}").into()),
        }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) fn kill(&mut self) -> io::Result<()> {
        self.child.kill()?;
        self.child.wait().map(drop)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.kill();
    }
}

/// All the clients. Killed with this.
pub(crate) struct Clients {
    kinds: Vec<Kind>,
    /// Of each kind, the process; `None` if it was killed.
    children: Vec<Option<Child>>,
    endpoint: String,
    journal: PathBuf,
}

struct Kind {
    mode: &'static str,
    /// The SDK's, or else ours.
    python: Option<PathBuf>,
}

impl Clients {
    /// Two publishers and a consumer of ours, and the same of the SDK's; one with an outbox, and
    /// one that has messages retained.
    pub(crate) fn start(endpoint: &str, journal: &Path, python: Option<&Path>) -> Result<Self, AnyError> {
        let pythons = [None].into_iter().chain(python.map(|python| Some(python.to_owned())));
        let kinds: Vec<_> = pythons
            .flat_map(|python| {
                ["publish", "publish", "consume"].map(|mode| Kind { mode, python: python.clone() })
            })
            .chain(["outbox", "retain"].map(|mode| Kind { mode, python: None }))
            .collect();
        let children = kinds.iter().map(|_| None).collect();
        let (endpoint, journal) = (endpoint.to_owned(), journal.to_owned());
        let mut clients = Self { kinds, children, endpoint, journal };
        clients.start_killed()?;
        Ok(clients)
    }

    /// Starts those that were killed.
    pub(crate) fn start_killed(&mut self) -> Result<(), AnyError> {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/client.py");
        for (kind, child) in self.kinds.iter().zip(&mut self.children) {
            if child.is_some() {
                continue;
            }
            let mut command = match &kind.python {
                Some(python) => {
                    let mut command = Command::new(python);
                    command.arg(&script);
                    command
                }
                None => Command::new(std::env::current_exe()?),
            };
            command.arg(kind.mode).arg(&self.endpoint).arg(&self.journal);
            command.args(kind.python.as_ref().map(|_| KEY)).stdin(Stdio::null());
            *child = Some(command.spawn()?);
        }
        Ok(())
    }

    /// Kills each with a probability of one third. Returns how many.
    pub(crate) fn kill_some(&mut self, random: &mut StdRng) -> Result<usize, AnyError> {
        let mut killed = 0;
        for child in &mut self.children {
            if random.random_ratio(1, 3) {
                killed += usize::from(kill(child)?);
            }
        }
        Ok(killed)
    }

    pub(crate) fn kill_publishers(&mut self) -> Result<(), AnyError> {
        for (kind, child) in self.kinds.iter().zip(&mut self.children) {
            if kind.mode != "consume" {
                kill(child)?;
            }
        }
        Ok(())
    }

    /// Waits until nothing is left in the outbox, whose client was killed.
    pub(crate) fn drain_outbox(&self) -> Result<(), AnyError> {
        let mut command = Command::new(std::env::current_exe()?);
        command.arg("drain").arg(&self.endpoint).arg(&self.journal).stdin(Stdio::null());
        match command.status()? {
            status if status.success() => Ok(()),
            status => Err(format!("the outbox was not drained: {status}").into()),
        }
    }

    pub(crate) fn kill_all(&mut self) -> Result<(), AnyError> {
        self.children.iter_mut().try_for_each(|child| kill(child).map(drop))
    }
}

impl Drop for Clients {
    fn drop(&mut self) {
        let _ = self.kill_all();
    }
}

/// Returns whether it ran. One that ended by itself is an error: it would hide what this is about.
fn kill(child: &mut Option<Child>) -> Result<bool, AnyError> {
    let Some(mut child) = child.take() else { return Ok(false) };
    if let Some(status) = child.try_wait()? {
        return Err(format!("a client ended by itself: {status}").into());
    }
    child.kill()?;
    child.wait()?;
    Ok(true)
}
