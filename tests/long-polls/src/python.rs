//! The official Python SDK.

use std::path::Path;
use std::process::{Output, Stdio};
use std::time::Duration;

use tokio::process::{Child, Command};
use tokio::time::{Instant, timeout};

use crate::AnyError;
use crate::services::{KEY, SUBSCRIPTION};

/// A receive that has begun. It ends with this.
pub(crate) struct Receive {
    process: Child,
    began: Instant,
}

/// Begins a receive, by `sync` or by `aio`.
pub(crate) fn receive(
    python: &Path,
    mode: &str,
    endpoint: &str,
    topic: &str,
    wait: Duration,
) -> Result<Receive, AnyError> {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/src/receive.py");
    let mut command = Command::new(python);
    command.args([script, mode, endpoint, KEY, topic, SUBSCRIPTION, &wait.as_secs().to_string()]);
    let command = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    Ok(Receive { process: command.kill_on_drop(true).spawn()?, began: Instant::now() })
}

impl Receive {
    /// How many events came, or the last line of its error; `None` if neither came before
    /// `patience` was over. And how long the receive took, without the start of the process.
    pub(crate) async fn end(self, patience: Duration) -> (Option<String>, Duration) {
        let said = timeout(patience, self.process.wait_with_output()).await;
        let said = said.ok().map(|output| match output {
            Ok(Output { stdout, .. }) if !stdout.is_empty() => last_line(&stdout),
            Ok(Output { stderr, .. }) => last_line(&stderr),
            Err(error) => error.to_string(),
        });
        let took = |said: &str| {
            let (events, seconds) = said.split_once(' ')?;
            Some((events.to_owned(), Duration::try_from_secs_f64(seconds.parse().ok()?).ok()?))
        };
        match said.as_deref().and_then(took) {
            Some((events, took)) => (Some(events), took),
            None => (said, self.began.elapsed()),
        }
    }
}

fn last_line(output: &[u8]) -> String {
    String::from_utf8_lossy(output).lines().last().unwrap_or_default().to_owned()
}
