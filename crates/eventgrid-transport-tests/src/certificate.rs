//! Certificates for servers of the suite.

use std::sync::Arc;

use rcgen::{
    BasicConstraints, Certificate, CertificateParams, CertifiedKey, DnType, IsCa, KeyPair, date_time_ymd,
    generate_simple_self_signed,
};
use rustls::crypto::ring::default_provider;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::server::danger::ClientCertVerifier;
use rustls::{RootCertStore, ServerConfig};

use crate::options::ClientCertificate;

/// The authority that the subject trusts.
pub(crate) struct Authority {
    certificate: Certificate,
    key: KeyPair,
}

impl Authority {
    pub(crate) fn new() -> Self {
        Self::named("Authority of the suite")
    }

    pub(crate) fn named(name: &str) -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, name);
        let key = KeyPair::generate().unwrap();
        Self { certificate: params.self_signed(&key).unwrap(), key }
    }

    pub(crate) fn pem(&self) -> String {
        self.certificate.pem()
    }

    /// A server for that name.
    pub(crate) fn server_for(&self, name: &str) -> Arc<ServerConfig> {
        self.server(CertificateParams::new([name.to_owned()]).unwrap())
    }

    /// A server for `localhost` whose certificate is no longer valid.
    pub(crate) fn expired_server(&self) -> Arc<ServerConfig> {
        let mut params = CertificateParams::new(["localhost".to_owned()]).unwrap();
        params.not_before = date_time_ymd(2020, 1, 1);
        params.not_after = date_time_ymd(2021, 1, 1);
        self.server(params)
    }

    /// A server for `localhost` that asks for certificates of the same authority.
    pub(crate) fn asking_server(&self) -> Arc<ServerConfig> {
        let (certificate, key) = self.sign(CertificateParams::new(["localhost".to_owned()]).unwrap());
        let mut roots = RootCertStore::empty();
        roots.add(self.certificate.der().clone()).unwrap();
        let provider = Arc::new(default_provider());
        let verifier = WebPkiClientVerifier::builder_with_provider(roots.into(), provider).build().unwrap();
        server(certificate, &key, verifier)
    }

    pub(crate) fn client(&self) -> ClientCertificate {
        let (certificate, key) = self.sign(CertificateParams::new(["boiler".to_owned()]).unwrap());
        ClientCertificate::new(certificate.pem(), key.serialize_pem())
    }

    fn server(&self, params: CertificateParams) -> Arc<ServerConfig> {
        let (certificate, key) = self.sign(params);
        server(certificate, &key, WebPkiClientVerifier::no_client_auth())
    }

    fn sign(&self, params: CertificateParams) -> (Certificate, KeyPair) {
        let key = KeyPair::generate().unwrap();
        (params.signed_by(&key, &self.certificate, &self.key).unwrap(), key)
    }
}

/// A server for `localhost` with a self-signed certificate.
pub(crate) fn self_signed_server() -> Arc<ServerConfig> {
    let CertifiedKey { cert, key_pair } = generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    server(cert, &key_pair, WebPkiClientVerifier::no_client_auth())
}

fn server(
    certificate: Certificate,
    key: &KeyPair,
    clients: Arc<dyn ClientCertVerifier>,
) -> Arc<ServerConfig> {
    let chain: Vec<CertificateDer<'static>> = vec![certificate.into()];
    let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_client_cert_verifier(clients)
        .with_single_cert(chain, key)
        .unwrap();
    Arc::new(config)
}
