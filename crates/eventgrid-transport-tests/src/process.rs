//! Runs a row again in a child process, since only the environment of a child can be changed
//! safely.

use std::env;
use std::process::Command;
use std::sync::PoisonError;

use crate::server::STARTING_PROCESS;

const CHILD: &str = "CONFORMANCE_CHILD";

/// Whether this is such a process.
pub(crate) fn is_child() -> bool {
    env::var_os(CHILD).is_some()
}

/// Runs the row of that name again, with a proxy in the environment.
pub(crate) fn run_again(row: &str, proxy: &str) {
    run_again_with(row, ["HTTP_PROXY", "http_proxy", "ALL_PROXY"].map(|name| (name, proxy)));
}

/// Runs the row of that name again, with these variables in the environment.
pub(crate) fn run_again_with<'v>(row: &str, variables: impl IntoIterator<Item = (&'v str, &'v str)>) {
    let output = {
        let _lock = STARTING_PROCESS.write().unwrap_or_else(PoisonError::into_inner);
        Command::new(env::current_exe().unwrap())
            .args(["--exact", row])
            .env(CHILD, "1")
            .env_remove("NO_PROXY")
            .env_remove("no_proxy")
            .env_remove("SSL_CERT_FILE")
            .env_remove("SSL_CERT_DIR")
            .envs(variables)
            .output()
            .unwrap()
    };
    let printed = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && printed.contains("1 passed"), "{printed}");
}
