//! The program on a terminal of its own.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::process::Child;
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

use rustix::fd::{AsFd, OwnedFd};
use rustix::pty::{OpenptFlags, grantpt, ioctl_tiocgptpeer, openpt, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};

use crate::support::{Bench, KEY};

/// Nothing takes this long unless it never comes.
const NEVER: Duration = Duration::from_secs(120);

pub(crate) struct Terminal {
    device: OwnedFd,
    keyboard: File,
    screen: Receiver<Vec<u8>>,
    /// What was read from the screen: a character at its end may not be complete.
    shown: Vec<u8>,
    /// Where what was waited for ends.
    passed: usize,
    program: Child,
}

impl Terminal {
    /// Runs the program, with so many rows and columns.
    pub(crate) fn run(bench: &Bench, size: (u16, u16), arguments: &[&str]) -> Self {
        let flags = OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC;
        let device = openpt(flags).unwrap();
        grantpt(&device).unwrap();
        unlockpt(&device).unwrap();
        set_size(&device, size);
        let end = |_| File::from(ioctl_tiocgptpeer(&device, flags).unwrap());
        let [stdin, stdout, stderr] = [0, 1, 2].map(end);
        // It becomes the one that Ctrl-C is sent to.
        let mut command = bench.command_by("setsid", &["-c"], arguments);
        command.env_remove("NO_COLOR").env("TERM", "xterm");
        let program = command.stdin(stdin).stdout(stdout).stderr(stderr).spawn().unwrap();
        // Its ends of the terminal are closed with it.
        drop(command);
        let keyboard = File::from(device.try_clone().unwrap());
        let mut read = File::from(device.try_clone().unwrap());
        let (to, screen) = mpsc::channel();
        thread::spawn(move || {
            let mut bytes = [0; 4096];
            // Once the program has ended, there is an error.
            while let Ok(count @ 1..) = read.read(&mut bytes) {
                if to.send(bytes[..count].to_vec()).is_err() {
                    break;
                }
            }
        });
        Self { device, keyboard, screen, shown: Vec::new(), passed: 0, program }
    }

    /// Waits until the terminal shows that, after what was waited for before.
    pub(crate) fn wait_for(&mut self, text: &str) {
        loop {
            let found =
                self.shown[self.passed..].windows(text.len()).position(|window| window == text.as_bytes());
            if let Some(position) = found {
                self.passed += position + text.len();
                return;
            }
            self.read_more();
        }
    }

    /// Waits until something is shown that has not been before, which `is_it` decides.
    pub(crate) fn wait_for_frame(&mut self, is_it: impl Fn(&str) -> bool) {
        let before = self.shown.len();
        while !frames(&String::from_utf8_lossy(&self.shown[before..])).any(&is_it) {
            self.read_more();
        }
    }

    fn read_more(&mut self) {
        match self.screen.recv_timeout(NEVER) {
            Ok(more) => self.shown.extend(more),
            Err(error) => panic!("{error} after {:?}", String::from_utf8_lossy(&self.shown)),
        }
    }

    pub(crate) fn resize(&self, size: (u16, u16)) {
        set_size(&self.device, size);
    }

    pub(crate) fn press(&mut self, keys: &str) {
        self.keyboard.write_all(keys.as_bytes()).unwrap();
    }

    /// The exit code, and all that was shown.
    pub(crate) fn end(mut self) -> (Option<i32>, String) {
        let code = self.program.wait().unwrap().code();
        while let Ok(more) = self.screen.recv_timeout(NEVER) {
            self.shown.extend(more);
        }
        let shown = String::from_utf8(std::mem::take(&mut self.shown)).unwrap();
        assert!(!shown.contains(KEY), "a secret is shown: {shown:?}");
        (code, shown)
    }
}

/// A test that fails leaves nobody behind.
impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}

fn set_size(device: impl AsFd, (rows, columns): (u16, u16)) {
    tcsetwinsize(device, Winsize { ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 }).unwrap();
}

/// What is written in one go between two moves of the cursor, and is complete.
pub(crate) fn frames(shown: &str) -> impl Iterator<Item = &str> {
    let complete = shown.rfind(['\r', '\n', '\u{1b}']).map_or("", |end| &shown[..end]);
    complete.split(['\r', '\n', '\u{1b}']).map(|part| match part.split_once(['K', 'A', 'h', 'l']) {
        Some((sequence, text)) if sequence.starts_with('[') => text,
        _ => part,
    })
}
