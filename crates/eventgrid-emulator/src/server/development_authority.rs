//! A certificate authority of the emulator's own. It can sign for this machine and the names that
//! it was made for alone: whoever trusts it trusts nobody else by it, even if its key gets lost.

use std::error::Error;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan, Zoned};
use rcgen::{
    BasicConstraints, Certificate, CertificateParams, CidrSubnet, DnType, ExtendedKeyUsagePurpose,
    GeneralSubtree, IsCa, KeyPair, KeyUsagePurpose, NameConstraints, date_time_ymd,
};
use rustls::RootCertStore;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::ServerCertVerifier as _;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, ServerName, UnixTime};

use super::tls::TlsError;

const CERTIFICATE: &str = "ca.pem";
const PRIVATE_KEY: &str = "ca-key.pem";

/// The names of this machine that certificates are always for.
const LOCAL: [&str; 3] = ["localhost", "127.0.0.1", "::1"];

/// How long the authority's certificate is valid.
const AUTHORITY_YEARS: i32 = 10;

/// How long the server's certificate is valid. A new one is made at every start.
const SERVER_YEARS: i32 = 1;

/// A certificate authority.
pub(super) struct DevelopmentAuthority {
    /// As PEM text, for clients.
    certificate: String,
    private_key: KeyPair,
}

impl DevelopmentAuthority {
    /// A new one, which may sign for this machine and for `names`.
    pub(super) fn new(names: &Names) -> Result<Self, TlsError> {
        let private_key = KeyPair::generate()?;
        Ok(Self { certificate: issuer(&private_key, names)?.pem(), private_key })
    }

    /// The one in that folder; a new one, written there, if there is none.
    pub(super) fn in_folder(folder: &Path, names: &Names) -> Result<Self, TlsError> {
        let (certificate, private_key) = (folder.join(CERTIFICATE), folder.join(PRIVATE_KEY));
        match (certificate.exists(), private_key.exists()) {
            (true, true) => {
                let authority = Self::read(&certificate, private_key)?;
                authority.check(names).map_err(|source| TlsError::Authority {
                    folder: folder.to_owned(),
                    names: names.0.join(", "),
                    source,
                })?;
                Ok(authority)
            }
            (false, false) => {
                let authority = Self::new(names)?;
                fs::create_dir_all(folder).map_err(|source| file(folder, source))?;
                write(&private_key, &authority.private_key.serialize_pem(), true)?;
                write(&certificate, &authority.certificate, false)?;
                Ok(authority)
            }
            // A client may trust it already, so it is not replaced by another one.
            (true, false) => Err(TlsError::Half { present: certificate, missing: PRIVATE_KEY }),
            (false, true) => Err(TlsError::Half { present: private_key, missing: CERTIFICATE }),
        }
    }

    fn read(certificate: &Path, private_key: PathBuf) -> Result<Self, TlsError> {
        let read = |path: &Path| fs::read_to_string(path).map_err(|source| file(path, source));
        let key = KeyPair::from_pem(&read(&private_key)?);
        let key = key.map_err(|_| TlsError::AuthorityKey { path: private_key })?;
        Ok(Self { certificate: read(certificate)?, private_key: key })
    }

    /// Its certificate as PEM text.
    pub(super) fn certificate(&self) -> &str {
        &self.certificate
    }

    /// Whether a client that trusts it trusts the certificates that it issues: it may have ended,
    /// have been made for other names, or have the key of another one beside it.
    fn check(&self, names: &Names) -> Result<(), Box<dyn Error + Send + Sync>> {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_slice(self.certificate.as_bytes())?)?;
        let provider = Arc::new(ring::default_provider());
        let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider).build()?;
        let (certificate, _) = self.issue(names)?;
        for name in &names.0 {
            let name = ServerName::try_from(name.as_str())?;
            verifier.verify_server_cert(&certificate, &[], &name, &[], UnixTime::now())?;
        }
        Ok(())
    }

    /// A new certificate for a server on this machine, or under those names.
    pub(super) fn issue(
        &self,
        names: &Names,
    ) -> Result<(CertificateDer<'static>, PrivateKeyDer<'static>), rcgen::Error> {
        let mut parameters = parameters("eventgrid-emulator", SERVER_YEARS, names.0.clone())?;
        parameters.use_authority_key_identifier_extension = true;
        parameters.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        parameters.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        let private_key = KeyPair::generate()?;
        let certificate =
            parameters.signed_by(&private_key, &issuer(&self.private_key, names)?, &self.private_key)?;
        let private_key = PrivatePkcs8KeyDer::from(private_key.serialize_der());
        Ok((certificate.der().clone(), private_key.into()))
    }
}

/// What a certificate is for: this machine, and more names or addresses if they are wanted.
pub(super) struct Names(Vec<String>);

impl Names {
    /// This machine, and those names and addresses.
    pub(super) fn new(more: &[String]) -> Result<Self, TlsError> {
        let mut names = LOCAL.map(str::to_owned).to_vec();
        for name in more {
            check_name(name)?;
            if !names.contains(name) {
                names.push(name.clone());
            }
        }
        Ok(Self(names))
    }

    /// Each of them, and for IPv4 the whole of the loopback network.
    fn subtrees(&self) -> Vec<GeneralSubtree> {
        let subtree = |name: &String| match name.parse() {
            Ok(IpAddr::V4(address)) if address.is_loopback() => {
                GeneralSubtree::IpAddress(CidrSubnet::V4([127, 0, 0, 0], [255, 0, 0, 0]))
            }
            Ok(IpAddr::V4(address)) => GeneralSubtree::IpAddress(CidrSubnet::V4(address.octets(), [255; 4])),
            Ok(IpAddr::V6(address)) => GeneralSubtree::IpAddress(CidrSubnet::V6(address.octets(), [255; 16])),
            Err(_) => GeneralSubtree::DnsName(name.clone()),
        };
        self.0.iter().map(subtree).collect()
    }
}

/// Whether a certificate can be for a name or address.
pub(super) fn check_name(name: &str) -> Result<(), TlsError> {
    match ServerName::try_from(name) {
        Ok(_) => Ok(()),
        Err(_) => Err(TlsError::Name { name: name.to_owned() }),
    }
}

/// The certificate of an authority with that key. Of one that was read from a file this is not the
/// very same, but name and key are, and these are all that a signature shows.
fn issuer(private_key: &KeyPair, names: &Names) -> Result<Certificate, rcgen::Error> {
    let mut parameters = parameters("eventgrid-emulator development CA", AUTHORITY_YEARS, [])?;
    parameters.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    parameters.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    parameters.name_constraints =
        Some(NameConstraints { permitted_subtrees: names.subtrees(), excluded_subtrees: Vec::new() });
    parameters.self_signed(private_key)
}

/// Valid from yesterday, so that clocks may differ a little.
fn parameters(
    common_name: &str,
    years: i32,
    names: impl Into<Vec<String>>,
) -> Result<CertificateParams, rcgen::Error> {
    let yesterday = Timestamp::now().to_zoned(TimeZone::UTC).saturating_sub(1.day());
    let mut parameters = CertificateParams::new(names)?;
    parameters.distinguished_name.push(DnType::CommonName, common_name);
    let start_of =
        |day: &Zoned| date_time_ymd(day.year().into(), day.month().unsigned_abs(), day.day().unsigned_abs());
    parameters.not_before = start_of(&yesterday);
    parameters.not_after = start_of(&yesterday.saturating_add(years.years()));
    Ok(parameters)
}

/// Writes a new file; a secret one cannot be read by others of this machine.
fn write(path: &Path, text: &str, secret: bool) -> Result<(), TlsError> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, if secret { 0o600 } else { 0o644 });
    #[cfg(not(unix))]
    let _ = secret;
    let written = options.open(path).and_then(|mut file| file.write_all(text.as_bytes()));
    written.map_err(|source| file(path, source))
}

fn file(path: &Path, source: io::Error) -> TlsError {
    TlsError::File { path: path.to_owned(), source }
}
