//! Servers of OpenSSL's command line.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::{env, fs, process, thread};
use tls_servers::chains::Chain;

/// `openssl s_server`, which sends every line back reversed. It ends when this is dropped.
pub(crate) struct OpenSsl {
    child: Child,
    folder: PathBuf,
    pub(crate) port: u16,
}

impl OpenSsl {
    /// A server with that chain, and with further arguments.
    pub(crate) fn start(chain: &Chain, arguments: &[&str]) -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let folder = env::temp_dir().join(format!("embedded-tls-webpki-{}-{count}", process::id()));
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("leaf.pem"), chain.leaf.certificate.pem()).unwrap();
        fs::write(folder.join("above.pem"), chain.issuing.certificate.pem()).unwrap();
        fs::write(folder.join("key.pem"), chain.leaf.key.serialize_pem()).unwrap();
        let mut child = Command::new("openssl")
            .args([
                "s_server",
                "-accept",
                "127.0.0.1:0",
                "-rev",
                "-cert",
                "leaf.pem",
                "-cert_chain",
                "above.pem",
                "-key",
                "key.pem",
            ])
            .args(arguments)
            .current_dir(&folder)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the command openssl is needed");
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let accepting = lines
            .by_ref()
            .flatten()
            .find_map(|line| Some(line.strip_prefix("ACCEPT ")?.rsplit_once(':')?.1.parse().unwrap()));
        let port = accepting.expect("openssl s_server did not start");
        thread::spawn(move || lines.for_each(drop));
        Self { child, folder, port }
    }
}

impl Drop for OpenSsl {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = fs::remove_dir_all(&self.folder);
    }
}
