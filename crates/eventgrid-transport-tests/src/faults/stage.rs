//! The setting of a fault: servers that cause it, and a client that makes the call.

use std::sync::Arc;

use eventgrid::{AccessKey, Client};
use rustls::ServerConfig;

use super::call::{Call, TestClient};
use super::expected::{Expected, text};
use crate::client::Recorder;
use crate::exchange::KEY;
use crate::options::Options;
use crate::process;
use crate::server::{Gate, Log, Reserved, Script, Server};
use crate::subject::Adapter;

/// A body that is a success of every call.
pub(super) const SUCCESS: &str = r#"{"value":[],"succeededLockTokens":["token"],"failedLockTokens":[]}"#;

/// The setting of a fault.
pub(super) struct Stage {
    endpoint: String,
    options: Options,
    /// How large a response may grow.
    body_limit: Option<usize>,
    /// How much data an event has.
    data: usize,
    server: Option<Server>,
    /// Whether the server responds to the next call as it should.
    recovers: bool,
    /// A successful call comes first. Then the first gate is opened, and the second one is waited
    /// for.
    kept: Option<(Gate, Gate)>,
    /// What ends the waiting of the server.
    release: Option<Gate>,
    /// A host that must get no request.
    bystander: Option<Server>,
    /// An address without a listener.
    _nobody: Option<Reserved>,
    /// Whether a proxy without a listener is in the environment.
    proxy_in_environment: bool,
}

/// A response that is a success of every call.
pub(super) fn success() -> String {
    response(200, "", SUCCESS)
}

/// A response with some headers, and the length of its body.
pub(super) fn response(status: u16, headers: &str, body: &str) -> String {
    format!("HTTP/1.1 {status} Some Reason\r\n{headers}Content-Length: {}\r\n\r\n{body}", body.len())
}

impl Stage {
    /// A host that no server is made for.
    pub(super) fn host(endpoint: impl Into<String>) -> Self {
        Self {
            endpoint: endpoint.into(),
            options: Options::default(),
            body_limit: None,
            data: 4,
            server: None,
            recovers: false,
            kept: None,
            release: None,
            bystander: None,
            _nobody: None,
            proxy_in_environment: false,
        }
    }

    /// A host without a listener.
    pub(super) fn nobody() -> Self {
        let nobody = Reserved::new();
        let endpoint = nobody.url();
        Self { _nobody: Some(nobody), ..Self::host(endpoint) }
    }

    /// A server that does this to each attempt, on a connection of its own, and responds to the
    /// call after it.
    pub(super) fn breaking(attempts: usize, script: &Script) -> Self {
        let scripts = (0..attempts).map(|_| script.clone()).chain([Script::new().respond(success())]);
        Self::served(Server::start(scripts))
    }

    /// A server that sends this response to each attempt and to the call after it, on one
    /// connection.
    pub(super) fn responding(attempts: usize, bytes: impl AsRef<[u8]>) -> Self {
        let script = (0..attempts).fold(Script::new(), |script, _| script.respond(&bytes));
        Self::served(Server::start([script.respond(success())]))
    }

    /// A server whose connections are secured in that way.
    pub(super) fn secured(attempts: usize, config: &Arc<ServerConfig>) -> Self {
        let scripts = (0..attempts).map(|_| Script::new().respond(success()));
        let server = Server::start_tls(Arc::clone(config), scripts);
        Self { endpoint: server.https_url(), server: Some(server), ..Self::host(String::new()) }
    }

    /// A server whose first connection serves a call, and then ends in that way before the next
    /// one.
    pub(super) fn kept_until_idle(end: fn(Script) -> Script) -> Self {
        let (responded, ended) = (Gate::new(), Gate::new());
        let first = end(Script::new().respond(success()).wait(&responded)).open(&ended);
        let second = Script::new().respond(success()).respond(success());
        Self { kept: Some((responded, ended)), ..Self::served(Server::start([first, second])) }
    }

    /// A server whose first connection serves a call, and is closed at the next one; so are those
    /// after it.
    pub(super) fn kept_until_request(attempts: usize) -> Self {
        let first = [Script::new().respond(success()).request().close()];
        let others = (1..attempts).map(|_| Script::new().request().close());
        let last = [Script::new().respond(success())];
        let gate = Gate::new();
        let server = Server::start(first.into_iter().chain(others).chain(last));
        Self { kept: Some((gate.clone(), gate)), ..Self::served(server) }
    }

    fn served(server: Server) -> Self {
        let endpoint = server.url();
        Self { server: Some(server), recovers: true, ..Self::host(endpoint) }
    }

    pub(super) fn options(mut self, options: Options) -> Self {
        self.options = options;
        self
    }

    pub(super) fn body_limit(mut self, bytes: usize) -> Self {
        self.body_limit = Some(bytes);
        self
    }

    pub(super) fn data(mut self, bytes: usize) -> Self {
        self.data = bytes;
        self
    }

    /// Opens the gate when the call is over.
    pub(super) fn release(mut self, gate: Gate) -> Self {
        self.release = Some(gate);
        self
    }

    pub(super) fn bystander(mut self, server: Server) -> Self {
        self.bystander = Some(server);
        self
    }

    /// Puts a proxy into the environment without a listener.
    pub(super) fn proxy_in_environment(mut self) -> Self {
        self.proxy_in_environment = true;
        self
    }

    /// Makes the call, and asserts its result.
    pub(super) fn play(mut self, row: &str, adapter: Adapter, call: Call, expected: &Expected) {
        if self.proxy_in_environment && !process::is_child() {
            let nobody = Reserved::new();
            return process::run_again(row, &nobody.url());
        }
        let recorder = Recorder::default();
        let mut client = Client::new(adapter(&self.options), recorder.clone(), AccessKey::new(KEY));
        // The hosts of the table that are not this machine do not exist.
        client = client.allow_plain_http();
        if let Some((responded, done)) = &self.kept {
            self.make(Call::Publish, &client).expect("the first call goes well");
            responded.open();
            done.wait();
        }
        let limited =
            self.body_limit.map_or_else(|| client.clone(), |limit| client.clone().body_limit(limit));
        let result = self.make(call, &limited);
        if let Some(gate) = &self.release {
            gate.open();
        }
        expected.assert(&result);
        let text = text(&result);
        assert!(!text.contains(KEY), "the key is nobody's to read");
        assert_eq!(recorder.slept(), expected.waits(call), "{text}");
        if self.recovers {
            self.data = 4;
            // The limit that the fault reaches must not apply to this call.
            let patient = client.limits(Options::PATIENCE);
            self.make(call, &patient).expect("the call after it goes well");
        }
        self.assert_seen(call, expected);
    }

    fn make(
        &self,
        call: Call,
        client: &TestClient,
    ) -> Result<(), eventgrid::Error<'static, crate::subject::Failure>> {
        call.make(client.clone(), &self.endpoint, self.data)
    }

    /// Asserts that what was sent is what the table says.
    fn assert_seen(self, call: Call, expected: &Expected) {
        let others = usize::from(self.kept.is_some()) + usize::from(self.recovers);
        let attempts = if expected.may_have_been_sent { expected.attempts(call) } else { 0 };
        if let Some(server) = self.server {
            let Log { requests, .. } = server.finish();
            assert_eq!(requests.len(), attempts + others, "how often it was sent");
        }
        if let Some(bystander) = self.bystander {
            assert_eq!(bystander.finish().connections, 0, "the credential must not go there");
        }
    }
}
