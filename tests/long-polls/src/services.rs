//! The services of the rows.

use std::path::PathBuf;
use std::time::Duration;

use eventgrid_emulator::{Emulator, EmulatorBuilder, RunningEmulator};

use crate::AnyError;
use crate::middle_box::MiddleBox;
use crate::proxy::Proxy;

/// The key of all emulators.
pub(crate) const KEY: &str = "c2VjcmV0LWtleS1vZi10aGlydHktdHdvLWJ5dGVzISE=";

/// The host of the one that is behind the proxy. Nothing but the proxy knows where that is.
const HOST: &str = "namespace.example";

/// The topics of the rows, one for each.
const TOPICS: usize = 32;

pub(crate) const SUBSCRIPTION: &str = "all";

/// What is published.
pub(crate) const EVENT: &str = r#"[{"specversion":"1.0","id":"1","source":"urn:shop","type":"Ordered"}]"#;

pub(crate) struct Services {
    /// How long a receive waits.
    pub(crate) wait: Duration,
    pub(crate) python: Option<PathBuf>,
    pub(crate) plain: RunningEmulator,
    secure: RunningEmulator,
    pub(crate) proxy: Proxy,
    /// They forget after 45 seconds, more than the keep-alive of ours, and after 20, less than
    /// that.
    pub(crate) patient: MiddleBox,
    pub(crate) impatient: MiddleBox,
}

impl Services {
    pub(crate) async fn start(wait: Duration, python: Option<PathBuf>) -> Result<Self, AnyError> {
        let plain = topics().start("127.0.0.1:0")?;
        let secure = topics().tls_dev().tls_name(HOST).start("127.0.0.1:0")?;
        let proxy = Proxy::start(secure.address()).await?;
        let patient = MiddleBox::start(plain.address(), 45).await?;
        let impatient = MiddleBox::start(plain.address(), 20).await?;
        Ok(Self { wait, python, plain, secure, proxy, patient, impatient })
    }

    /// The URL of the emulator behind the proxy.
    pub(crate) fn behind_proxy() -> String {
        format!("https://{HOST}")
    }

    /// The root certificate of the emulator behind the proxy.
    pub(crate) fn root(&self) -> &str {
        self.secure.certificate_authority().expect("it has a certificate for development")
    }

    /// All emulators, as an event is published to them.
    pub(crate) fn emulators(&self) -> [&RunningEmulator; 2] {
        [&self.plain, &self.secure]
    }

    /// The topics of all rows.
    pub(crate) fn topics() -> impl Iterator<Item = String> {
        (0..TOPICS).map(Self::topic)
    }

    /// The topic of a row.
    pub(crate) fn topic(row: usize) -> String {
        assert!(row < TOPICS, "there are more rows than topics");
        format!("row-{row}")
    }
}

fn topics() -> EmulatorBuilder {
    let builder = Emulator::builder().key(KEY);
    Services::topics().fold(builder, |builder, topic| builder.subscription(topic, SUBSCRIPTION))
}
