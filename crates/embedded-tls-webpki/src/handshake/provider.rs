//! What `embedded-tls` needs for a handshake.

use embedded_tls::{Certificate, CryptoProvider, CryptoRngCore, SignatureScheme, TlsVerifier};
use p256::ecdsa::signature::SignerMut;
use p256::ecdsa::{DerSignature, SigningKey};

use super::{ClientIdentity, TlsRandom};
use crate::trust::{Cipher, Verifier};

/// The two sides of one handshake. The client sends its certificate only to a server that is
/// authenticated.
pub(crate) struct Provider<'a> {
    pub(crate) verifier: Verifier<'a>,
    pub(crate) identity: Option<&'a ClientIdentity<'a>>,
    pub(crate) random: &'a mut TlsRandom,
}

impl<'a> Provider<'a> {
    fn shown_identity(&self) -> Option<&'a ClientIdentity<'a>> {
        self.identity.filter(|_| self.verifier.is_authenticated())
    }
}

impl CryptoProvider for Provider<'_> {
    type CipherSuite = Cipher;
    type Signature = DerSignature;

    fn rng(&mut self) -> impl CryptoRngCore {
        &mut *self.random
    }

    fn verifier(&mut self) -> Result<&mut impl TlsVerifier<Cipher>, embedded_tls::TlsError> {
        Ok(&mut self.verifier)
    }

    fn signer(&mut self) -> Result<(impl SignerMut<DerSignature>, SignatureScheme), embedded_tls::TlsError> {
        let identity = self.shown_identity().ok_or(embedded_tls::TlsError::InvalidPrivateKey)?;
        Ok::<(SigningKey, _), _>((identity.key.clone(), SignatureScheme::EcdsaSecp256r1Sha256))
    }

    fn client_cert(&mut self) -> Option<Certificate<impl AsRef<[u8]>>> {
        self.shown_identity().map(|identity| Certificate::X509(identity.certificate))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trust::Trust;

    #[test]
    fn a_server_that_has_proved_nothing_learns_nothing() {
        let identity =
            ClientIdentity { certificate: b"certificate", key: SigningKey::from_slice(&[7; 32]).unwrap() };
        let trust = Trust::Keys(&[]);
        let mut random = TlsRandom::from_entropy([7; 32]);
        let mut provider = Provider {
            verifier: Verifier::new("host", &trust),
            identity: Some(&identity),
            random: &mut random,
        };
        assert!(provider.client_cert().is_none());
        assert!(provider.signer().is_err());
    }
}
