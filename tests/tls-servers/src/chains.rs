//! Chains of certificates, good and bad ones.

use std::fmt;
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use rcgen::{
    BasicConstraints, Certificate, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose,
    IsCa, KeyPair, KeyUsagePurpose, PKCS_ECDSA_P256_SHA256, PKCS_ECDSA_P384_SHA384, PKCS_RSA_SHA256,
    PKCS_RSA_SHA384, PKCS_RSA_SHA512, SignatureAlgorithm, date_time_ymd,
};

/// The host that certificates are for, unless a test says otherwise.
pub const HOST: &str = "api.west-1.service.example";
/// What the client's clock shows unless a test says otherwise, within the validity of every
/// certificate: 2024-06-01, in seconds since 1970.
pub const NOW: u64 = 1_717_200_000;

/// A certificate and its key.
pub struct Party {
    /// Its certificate.
    pub certificate: Certificate,
    /// The key of that certificate.
    pub key: KeyPair,
}

/// Shows the certificate in DER, not the key.
impl fmt::Debug for Party {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Party").field("certificate", self.certificate.der()).finish_non_exhaustive()
    }
}

/// The kinds of keys.
#[derive(Debug, Clone, Copy)]
pub enum Kind {
    /// ECDSA on P-256, with SHA-256.
    P256,
    /// ECDSA on P-384, with SHA-384.
    P384,
    /// RSA with PKCS#1 v1.5.
    Rsa {
        /// How long the modulus is: 2048, 3072 or 4096.
        bits: usize,
        /// Which SHA certificates are signed with: 256, 384 or 512.
        hash: usize,
    },
}

impl Kind {
    fn algorithm(self) -> &'static SignatureAlgorithm {
        match self {
            Self::P256 => &PKCS_ECDSA_P256_SHA256,
            Self::P384 => &PKCS_ECDSA_P384_SHA384,
            Self::Rsa { hash: 256, .. } => &PKCS_RSA_SHA256,
            Self::Rsa { hash: 384, .. } => &PKCS_RSA_SHA384,
            Self::Rsa { .. } => &PKCS_RSA_SHA512,
        }
    }

    /// A new key, or for RSA, where that takes long, the same for a number of bits.
    pub fn key(self) -> KeyPair {
        static RSA: [OnceLock<String>; 3] = [const { OnceLock::new() }; 3];
        match self {
            Self::P256 | Self::P384 => KeyPair::generate_for(self.algorithm()).unwrap(),
            Self::Rsa { bits, .. } => {
                let pem = RSA[bits / 1024 - 2].get_or_init(|| rsa_key(bits));
                KeyPair::from_pem_and_sign_algo(pem, self.algorithm()).unwrap()
            }
        }
    }
}

fn rsa_key(bits: usize) -> String {
    let bits = format!("rsa_keygen_bits:{bits}");
    let made = Command::new("openssl")
        .args(["genpkey", "-algorithm", "RSA", "-pkeyopt", &bits])
        .stderr(Stdio::null())
        .output()
        .expect("the command openssl is needed");
    String::from_utf8(made.stdout).unwrap()
}

impl Party {
    /// An authority that trusts itself.
    pub fn root(kind: Kind) -> Self {
        let key = kind.key();
        Self { certificate: authority("Root").self_signed(&key).unwrap(), key }
    }

    /// A certificate that this one issues.
    #[must_use]
    pub fn issue(&self, params: CertificateParams, kind: Kind) -> Self {
        let key = kind.key();
        Self { certificate: params.signed_by(&key, &self.certificate, &self.key).unwrap(), key }
    }

    /// The certificate in DER.
    pub fn der(&self) -> Vec<u8> {
        self.certificate.der().to_vec()
    }
}

/// A root, an authority below it, and the certificate of a server.
#[derive(Debug)]
pub struct Chain {
    /// It trusts itself.
    pub root: Party,
    /// The root issued it, and it issues to servers.
    pub issuing: Party,
    /// The server's.
    pub leaf: Party,
}

impl Chain {
    /// All on P-256, the server's with these parameters.
    pub fn new(leaf: CertificateParams) -> Self {
        Self::of(leaf, Kind::P256, Kind::P256)
    }

    /// With these kinds of keys.
    pub fn of(leaf: CertificateParams, authorities: Kind, server: Kind) -> Self {
        Self::below(authority("Issuing"), leaf, authorities, server)
    }

    /// With these parameters of the authority below the root, too.
    pub fn below(
        issuing: CertificateParams,
        leaf: CertificateParams,
        authorities: Kind,
        server: Kind,
    ) -> Self {
        let root = Party::root(authorities);
        let issuing = root.issue(issuing, authorities);
        let leaf = issuing.issue(leaf, server);
        Self { root, issuing, leaf }
    }

    /// What a server sends.
    pub fn sent(&self) -> Vec<Vec<u8>> {
        vec![self.leaf.der(), self.issuing.der()]
    }
}

/// For an authority of that name, without restrictions.
pub fn authority(name: &str) -> CertificateParams {
    let mut params = named(name, &[]);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params
}

/// For a server with these names.
pub fn server(names: &[&str]) -> CertificateParams {
    let mut params = named("Server", names);
    params.is_ca = IsCa::ExplicitNoCa;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params
}

/// For a client, and valid for long, since servers have a clock of their own.
pub fn client() -> CertificateParams {
    let mut params = server(&[HOST]);
    params.not_after = date_time_ymd(4096, 1, 1);
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    params
}

fn named(name: &str, names: &[&str]) -> CertificateParams {
    let names: Vec<String> = names.iter().map(ToString::to_string).collect();
    let mut params = CertificateParams::new(names).unwrap();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    params.not_before = date_time_ymd(2024, 1, 1);
    params.not_after = date_time_ymd(2025, 1, 1);
    params
}
