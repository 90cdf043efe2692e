//! `egrid emulator`.

use std::env;
use std::ffi::OsString;
use std::io;
use std::path::PathBuf;
use std::process::Command;

use crate::failure::Failure;

/// The program.
const NAME: &str = "eventgrid-emulator";

/// The variable that names another one.
const VARIABLE: &str = "EGRID_EMULATOR";

/// Runs the emulator in place of this program: the one that the variable names, or else the one
/// beside this program, or else the one on `PATH`.
pub(super) fn run(arguments: &[OsString]) -> Result<(), Failure> {
    let named = env::var_os(VARIABLE).filter(|name| !name.is_empty()).map(PathBuf::from);
    let beside = || {
        let program = env::current_exe().ok()?.with_file_name(file_name());
        program.is_file().then_some(program)
    };
    let program = named.or_else(beside).unwrap_or_else(|| PathBuf::from(NAME));
    let mut command = Command::new(&program);
    command.args(arguments);
    let error = run_instead(&mut command)?;
    let failure = Failure::local(format!("cannot run {}", program.display()), &error);
    Err(if error.kind() == io::ErrorKind::NotFound {
        failure.advice(format!("install it by `cargo install eventgrid-emulator`, or name it by {VARIABLE}"))
    } else {
        failure
    })
}

fn file_name() -> String {
    format!("{NAME}{}", env::consts::EXE_SUFFIX)
}

/// Signals and the exit code are the emulator's from now on; it comes back only if that failed.
#[cfg(unix)]
#[expect(clippy::unnecessary_wraps, reason = "elsewhere it comes back")]
fn run_instead(command: &mut Command) -> Result<io::Error, Failure> {
    use std::os::unix::process::CommandExt as _;
    Ok(command.exec())
}

#[cfg(not(unix))]
fn run_instead(command: &mut Command) -> Result<io::Error, Failure> {
    match command.status() {
        Ok(status) if status.success() => std::process::exit(0),
        Ok(status) => {
            Err(Failure::new(crate::failure::FailureKind::Other, format!("the emulator ended with {status}")))
        }
        Err(error) => Ok(error),
    }
}
