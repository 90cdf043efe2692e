//! A middle box that forgets silent connections, as a Python process: safe Rust cannot find out how
//! many packets have arrived.

use std::net::SocketAddr;
use std::process::Stdio;

use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

use crate::AnyError;

/// It ends with this.
pub(crate) struct MiddleBox {
    pub(crate) endpoint: String,
    _process: Child,
}

impl MiddleBox {
    /// One before a service, which forgets connections after so many seconds in silence.
    pub(crate) async fn start(service: SocketAddr, silence: u64) -> Result<Self, AnyError> {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/src/middle_box.py");
        let mut command = Command::new("python3");
        command.args([script, &service.port().to_string(), &silence.to_string()]);
        let mut process = command.stdout(Stdio::piped()).kill_on_drop(true).spawn()?;
        let stdout = process.stdout.take().ok_or("stdout is a pipe")?;
        let port = BufReader::new(stdout).lines().next_line().await?.ok_or("the middle box did not start")?;
        Ok(Self { endpoint: format!("http://127.0.0.1:{port}"), _process: process })
    }
}
