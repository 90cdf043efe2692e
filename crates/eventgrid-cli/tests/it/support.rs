//! An emulator, and the program with an environment of its own.

use std::io::Write as _;
use std::process::{Command, Output, Stdio};

use eventgrid_emulator::{Emulator, EmulatorBuilder, RunningEmulator};
use tempfile::TempDir;

/// The key of the emulator: what no output may have.
pub(crate) const KEY: &str = "c2VjcmV0";

/// A token that the emulator takes, by the form of one: what no output may have either.
pub(crate) const TOKEN: &str = "eyJhbGciOiJSUzI1NiJ9.e30.c2ln";

/// What a run of the program left.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// An emulator, and a folder for contexts and files.
pub(crate) struct Bench {
    pub(crate) emulator: RunningEmulator,
    pub(crate) folder: TempDir,
    variables: Vec<(&'static str, String)>,
}

impl Bench {
    /// An emulator with the topic `orders` and its subscription `billing`, which the environment
    /// names.
    pub(crate) fn new() -> Self {
        Self::with(Emulator::builder().subscription("orders", "billing"))
    }

    /// That emulator.
    pub(crate) fn with(builder: EmulatorBuilder) -> Self {
        let emulator = builder.key(KEY).bearer_token(TOKEN).start("127.0.0.1:0").unwrap();
        let variables = vec![
            ("EVENTGRID_ENDPOINT", emulator.endpoint()),
            ("EVENTGRID_TOPIC", "orders".to_owned()),
            ("EVENTGRID_SUBSCRIPTION", "billing".to_owned()),
            ("EVENTGRID_KEY", KEY.to_owned()),
        ];
        Self { emulator, folder: TempDir::new().unwrap(), variables }
    }

    /// The same with another variable in the environment.
    #[cfg(unix)]
    pub(crate) fn with_variable(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.variables.push((name, value.into()));
        self
    }

    /// The same without a connection in the environment.
    pub(crate) fn without_variables(mut self) -> Self {
        self.variables.clear();
        self
    }

    /// The program with these arguments.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_egrid"));
        self.set_environment(&mut command);
        command.args(arguments);
        command
    }

    /// The program with these arguments, started by another one.
    #[cfg(target_os = "linux")]
    pub(crate) fn command_by(&self, starter: &str, options: &[&str], arguments: &[&str]) -> Command {
        let mut command = Command::new(starter);
        self.set_environment(&mut command);
        command.args(options).arg(env!("CARGO_BIN_EXE_egrid")).args(arguments);
        command
    }

    /// The program within a command line of a shell, whose stderr comes with its stdout, and with
    /// that key.
    pub(crate) fn shell(&self, line: &str, key: &str) -> String {
        let mut shell = Command::new("sh");
        self.set_environment(&mut shell);
        shell.env("EVENTGRID_KEY", key);
        let program = std::path::Path::new(env!("CARGO_BIN_EXE_egrid"));
        let folders = std::env::var_os("PATH").unwrap_or_default();
        let folders = program.parent().map(Into::into).into_iter().chain(std::env::split_paths(&folders));
        shell.env("PATH", std::env::join_paths(folders).unwrap());
        let output = shell.args(["-c", &format!("exec 2>&1\n{line}")]).stdin(Stdio::null()).output().unwrap();
        Ended::new(&output).stdout
    }

    /// Nothing of the environment of whoever runs the tests reaches the program.
    fn set_environment(&self, command: &mut Command) {
        for name in ["ENDPOINT", "TOPIC", "SUBSCRIPTION", "KEY", "CHANNEL"] {
            command.env_remove(format!("EVENTGRID_{name}"));
        }
        for name in ["AZURE_CLIENT_ID", "AZURE_TENANT_ID", "AZURE_CLIENT_SECRET"] {
            command.env_remove(name);
        }
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        command.env("EGRID_CONFIG", self.folder.path().join("config"));
        command.current_dir(self.folder.path());
    }

    /// Runs the program to its end.
    pub(crate) fn run(&self, arguments: &[&str]) -> Ended {
        self.run_with(arguments, "")
    }

    /// Runs the program to its end, with that on stdin.
    pub(crate) fn run_with(&self, arguments: &[&str], stdin: &str) -> Ended {
        let mut command = self.command(arguments);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut program = command.spawn().unwrap();
        // A program that does not read it all has closed it.
        let _ = program.stdin.take().unwrap().write_all(stdin.as_bytes());
        Ended::new(&program.wait_with_output().unwrap())
    }

    /// A file in the folder.
    pub(crate) fn file(&self, name: &str, content: &str) {
        std::fs::write(self.folder.path().join(name), content).unwrap();
    }

    /// What is in a file of the folder.
    pub(crate) fn content(&self, name: &str) -> String {
        std::fs::read_to_string(self.folder.path().join(name)).unwrap()
    }

    /// The events that were accepted, request by request.
    pub(crate) fn accepted(&self) -> Vec<Vec<serde_json::Value>> {
        let values = |publish: eventgrid_emulator::Accepted| {
            publish.events.iter().map(|event| serde_json::from_str(event.json()).unwrap()).collect()
        };
        self.emulator.accepted().into_iter().map(values).collect()
    }
}

impl Ended {
    pub(crate) fn new(output: &Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        let ended = Self {
            code: output.status.code().unwrap_or(-1),
            stdout: text(&output.stdout),
            stderr: text(&output.stderr),
        };
        let is_shown = |secret| ended.stdout.contains(secret) || ended.stderr.contains(secret);
        assert!(!is_shown(KEY) && !is_shown(TOKEN), "a secret is shown: {ended:?}");
        ended
    }

    /// Asserts the exit code.
    #[track_caller]
    pub(crate) fn ends_with(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{self:?}");
        self
    }
}

/// Sends a signal, such as `-INT`, to a program that runs.
#[cfg(unix)]
pub(crate) fn signal(program: &std::process::Child, signal: &str) {
    let sent = Command::new("kill").args([signal, &program.id().to_string()]).status().unwrap();
    assert!(sent.success());
}
