//! OpenSSL's command line, for tests that want signatures of others.

extern crate std;

use std::io::Write;
use std::process::{Command, Stdio};
use std::string::String;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::vec::Vec;
use std::{format, fs};

/// What it prints.
pub(super) fn openssl(arguments: &[&str], input: &[u8]) -> Vec<u8> {
    let mut child = Command::new("openssl")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the command openssl is needed");
    child.stdin.take().unwrap().write_all(input).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{arguments:?}");
    output.stdout
}

/// A private key, in a file that is removed when this is dropped.
pub(super) struct PrivateKey {
    pub(super) file: String,
}

impl PrivateKey {
    /// A new one: the algorithm and its options, as `openssl genpkey` takes them.
    pub(super) fn new(algorithm: &str, options: &[&str]) -> Self {
        // Tests that have such a key at the same time have files of their own.
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let file =
            std::env::temp_dir().join(format!("embedded-tls-webpki-key-{}-{count}.pem", std::process::id()));
        let options = options.iter().flat_map(|option| ["-pkeyopt", option]);
        let arguments: Vec<_> = ["genpkey", "-algorithm", algorithm].into_iter().chain(options).collect();
        fs::write(&file, openssl(&arguments, b"")).unwrap();
        Self { file: file.to_str().unwrap().into() }
    }

    /// A signature over the message, with further arguments.
    pub(super) fn sign(&self, hash: &str, arguments: &[&str], message: &[u8]) -> Vec<u8> {
        openssl(&[&["dgst", hash, "-sign", &self.file], arguments].concat(), message)
    }
}

impl Drop for PrivateKey {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.file);
    }
}
