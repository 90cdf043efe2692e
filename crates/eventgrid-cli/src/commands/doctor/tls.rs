//! The TLS connection to the endpoint, and the certificates that it shows.

use std::io;
use std::net::{TcpStream, ToSocketAddrs as _};
use std::sync::Arc;
use std::time::Duration;

use eventgrid::{Endpoint, with_causes};
use eventgrid_transport::proxy::ProxyRules;
use eventgrid_transport::tls::{TlsConfig, TlsOptions, explain};
use jiff::Timestamp;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, ClientConnection, DigitallySignedStruct, SignatureScheme};

use super::certificate::{CertificateSummary, Validity};
use super::findings::{Findings, Outcome};
use crate::failure::FailureKind;

/// How long a step of a connection may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// Whom to connect to.
struct Server<'e> {
    host: &'e str,
    port: u16,
}

/// Connects and looks at the certificates, unless the endpoint is http.
pub(super) fn check(endpoint: &Endpoint<'_>, now: Timestamp, findings: &mut Findings) {
    if !endpoint.is_https() {
        return;
    }
    if !matches!(ProxyRules::from_environment().proxy_for(true, endpoint.authority()), Ok(None)) {
        let text =
            "there is a proxy: the certificates are not checked here, and the calls below go through it";
        findings.add("tls", Outcome::Skipped, text);
        return;
    }
    let port = endpoint.authority().strip_prefix(endpoint.host()).unwrap_or_default();
    let port = port.strip_prefix(':').and_then(|port| port.parse().ok()).unwrap_or(443);
    let server = Server { host: endpoint.host().trim_matches(['[', ']']), port };
    let config = match TlsConfig::new(TlsOptions::default()).get() {
        Ok(config) => config,
        Err(error) => return findings.problem("tls", FailureKind::Network, with_causes(&error).to_string()),
    };
    let connected = match server.connect(Arc::clone(&config)) {
        Ok(connection) => {
            findings.add("tls", Outcome::Ok, protocol(&connection));
            Ok(connection)
        }
        Err(error) => {
            let shows_certificates = is_of_certificate(&error);
            let text = reason(error, &format!("{}:{}", server.host, server.port));
            findings.problem("tls", FailureKind::Network, text);
            if !shows_certificates {
                return;
            }
            // Another connection, which is used for nothing but to see what the server shows.
            server.connect(Arc::new(anyone(&config)))
        }
    };
    for certificate in connected.iter().filter_map(|connection| connection.peer_certificates()).flatten() {
        add_certificate(certificate, now, findings);
    }
}

impl Server<'_> {
    /// A connection whose handshake is done.
    fn connect(&self, config: Arc<ClientConfig>) -> io::Result<ClientConnection> {
        let name = ServerName::try_from(self.host.to_owned()).map_err(io::Error::other)?;
        let mut connection = ClientConnection::new(config, name).map_err(io::Error::other)?;
        let mut socket = self.socket()?;
        connection.complete_io(&mut socket)?;
        Ok(connection)
    }

    /// A connection to the first address that takes one.
    fn socket(&self) -> io::Result<TcpStream> {
        let mut failed = io::Error::from(io::ErrorKind::AddrNotAvailable);
        for address in (self.host, self.port).to_socket_addrs()? {
            match TcpStream::connect_timeout(&address, PATIENCE) {
                Ok(socket) => {
                    socket.set_read_timeout(Some(PATIENCE))?;
                    socket.set_write_timeout(Some(PATIENCE))?;
                    return Ok(socket);
                }
                Err(error) => failed = error,
            }
        }
        Err(failed)
    }
}

/// Whether a connection failed because of a certificate, so that the server has shown it.
fn is_of_certificate(error: &io::Error) -> bool {
    let error = error.get_ref().and_then(|cause| cause.downcast_ref());
    matches!(error, Some(rustls::Error::InvalidCertificate(_)))
}

/// Why there is no connection.
fn reason(error: io::Error, address: &str) -> String {
    if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut) {
        let seconds = PATIENCE.as_secs();
        return format!(
            "{address} did not respond within {seconds} seconds: check host and port of the endpoint"
        );
    }
    with_causes(&*explain(error.into(), address)).to_string()
}

/// What was agreed upon, such as `TLSv1_3, TLS13_AES_256_GCM_SHA384`.
fn protocol(connection: &ClientConnection) -> String {
    let version = connection.protocol_version().map(|version| format!("{version:?}"));
    let suite = connection.negotiated_cipher_suite().map(|suite| format!("{:?}", suite.suite()));
    let parts: Vec<_> = version.into_iter().chain(suite).collect();
    format!("{}; the certificates lead to an authority that is trusted here", parts.join(", "))
}

fn add_certificate(certificate: &CertificateDer<'_>, now: Timestamp, findings: &mut Findings) {
    const CHECK: &str = "certificate";
    let summary = match CertificateSummary::parse(certificate) {
        Ok(summary) => summary,
        Err(error) => return findings.add(CHECK, Outcome::Warning, format!("it cannot be read: {error}")),
    };
    match summary.validity(now) {
        Validity::Valid => findings.add(CHECK, Outcome::Ok, summary.to_string()),
        Validity::Ending(days) => {
            let plural = if days == 1 { "" } else { "s" };
            findings.add(CHECK, Outcome::Warning, format!("{summary}: it expires in {days} day{plural}"));
        }
        Validity::Early | Validity::Ended => {
            let text = format!("{summary}: it is not valid now, or the clock of this machine is wrong");
            findings.add(CHECK, Outcome::Warning, text);
        }
    }
}

/// The same configuration for a connection to whoever it is.
fn anyone(config: &Arc<ClientConfig>) -> ClientConfig {
    let mut config = ClientConfig::clone(config);
    let provider = Arc::clone(config.crypto_provider());
    config.dangerous().set_certificate_verifier(Arc::new(Anyone(provider)));
    config
}

/// Accepts all certificates. Nothing is sent over such a connection.
#[derive(Debug)]
struct Anyone(Arc<CryptoProvider>);

impl ServerCertVerifier for Anyone {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_that_does_not_respond_is_told_from_one_with_a_certificate() {
        // Which of them a time-out is depends on the operating system.
        for kind in [io::ErrorKind::WouldBlock, io::ErrorKind::TimedOut] {
            let error = io::Error::from(kind);
            assert!(!is_of_certificate(&error));
            let text = reason(error, "ns.example:443");
            assert!(text.starts_with("ns.example:443 did not respond within 10 seconds"), "{text}");
        }
        let error = rustls::Error::InvalidCertificate(rustls::CertificateError::Expired);
        let error = io::Error::new(io::ErrorKind::InvalidData, error);
        assert!(is_of_certificate(&error));
        assert!(reason(error, "ns.example:443").contains("has expired"));
    }
}
