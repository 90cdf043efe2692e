//! A server that leaves out what it should send, or sends what it should not.

use std::io::{Read, Write};
use std::net::TcpStream;

use aes_gcm::Aes128Gcm;
use aes_gcm::aead::{AeadInPlace, KeyInit};
use hkdf::Hkdf;
use hmac::{Hmac, Mac};
use p256::ecdsa::signature::Signer;
use p256::ecdsa::{DerSignature, SigningKey};
use p256::elliptic_curve::sec1::ToEncodedPoint;
use p256::{PublicKey, SecretKey};
use sha2::{Digest, Sha256};
use tls_servers::server::listen;

/// What comes after the server's hello.
#[derive(Clone)]
pub(crate) enum Message {
    EncryptedExtensions,
    /// The certificates of anyone: they are public.
    Certificate(Vec<Vec<u8>>),
    /// Signed by a key of its own.
    CertificateVerify,
    Finished,
    /// An encrypted record with nothing in it.
    Nothing,
}

/// Sends these messages, and waits for the client to hang up.
pub(crate) fn start(messages: Vec<Message>) -> u16 {
    listen(move |mut stream| {
        let mut handshake = Handshake::begin(&mut stream);
        for message in &messages {
            handshake.send(message, &mut stream);
        }
        let _ = stream.read_to_end(&mut Vec::new());
    })
}

struct Handshake {
    transcript: Sha256,
    traffic: Hkdf<Sha256>,
    count: u8,
}

impl Handshake {
    fn begin(stream: &mut TcpStream) -> Self {
        let mut record = vec![0; 4096];
        let length = stream.read(&mut record).unwrap();
        let hello = &record[5..length];
        let share_at = hello.windows(4).position(|window| window == [0, 23, 0, 65]).unwrap() + 4;
        let client = PublicKey::from_sec1_bytes(&hello[share_at..][..65]).unwrap();
        let key = SecretKey::from_slice(&[7; 32]).unwrap();
        let shared = p256::ecdh::diffie_hellman(key.to_nonzero_scalar(), client.as_affine());

        let share = key.public_key().to_encoded_point(false);
        let versions = [0, 43, 0, 2, 3, 4];
        let extensions = [&versions[..], &[0, 51, 0, 69, 0, 23, 0, 65], share.as_bytes()].concat();
        let body =
            [&[3, 3][..], &[9; 32], &[0, 0x13, 0x01, 0], &length_of::<2>(&extensions), &extensions].concat();
        let hello_back = message(2, &body);
        stream.write_all(&[&[22, 3, 3][..], &length_of::<2>(&hello_back), &hello_back].concat()).unwrap();

        let transcript = Sha256::new().chain_update(hello).chain_update(&hello_back);
        let (_, early) = Hkdf::<Sha256>::extract(Some(&[0; 32]), &[0; 32]);
        let derived = expand::<32>(&early, "derived", &Sha256::digest([]));
        let (_, secret) = Hkdf::<Sha256>::extract(Some(&derived), shared.raw_secret_bytes());
        let traffic = expand::<32>(&secret, "s hs traffic", &transcript.clone().finalize());
        Self { transcript, traffic: Hkdf::from_prk(&traffic).unwrap(), count: 0 }
    }

    fn send(&mut self, what: &Message, stream: &mut TcpStream) {
        let plain = match what {
            Message::EncryptedExtensions => message(8, &[0, 0]),
            Message::Certificate(certificates) => {
                let entry = |der: &Vec<u8>| [&length_of::<3>(der)[..], der, &[0, 0]].concat();
                let entries = certificates.iter().flat_map(entry).collect::<Vec<_>>();
                message(11, &[&[0][..], &length_of::<3>(&entries), &entries].concat())
            }
            Message::CertificateVerify => {
                let hash = self.transcript.clone().finalize();
                let signed = [&[b' '; 64][..], b"TLS 1.3, server CertificateVerify\0", &hash].concat();
                let signature: DerSignature = SigningKey::from_slice(&[5; 32]).unwrap().sign(&signed);
                message(
                    15,
                    &[&[4, 3][..], &length_of::<2>(signature.as_bytes()), signature.as_bytes()].concat(),
                )
            }
            Message::Finished => {
                let key = expand::<32>(&self.traffic, "finished", &[]);
                let mac = <Hmac<Sha256> as Mac>::new_from_slice(&key).unwrap();
                message(20, &mac.chain_update(self.transcript.clone().finalize()).finalize().into_bytes())
            }
            Message::Nothing => return self.encrypt(&[], stream),
        };
        self.transcript.update(&plain);
        self.encrypt(&[&plain[..], &[22]].concat(), stream);
    }

    fn encrypt(&mut self, plain: &[u8], stream: &mut TcpStream) {
        let key = expand::<16>(&self.traffic, "key", &[]);
        let mut nonce = expand::<12>(&self.traffic, "iv", &[]);
        nonce[11] ^= self.count;
        self.count += 1;
        let header = [&[23, 3, 3][..], &length_of::<2>(&[plain, &[0; 16]].concat())].concat();
        let cipher = Aes128Gcm::new_from_slice(&key).unwrap();
        let mut sealed = plain.to_vec();
        let tag = cipher.encrypt_in_place_detached(&nonce.into(), &header, &mut sealed).unwrap();
        // The client may have hung up already.
        let _ = stream.write_all(&[&header[..], &sealed, &tag].concat());
    }
}

fn message(kind: u8, body: &[u8]) -> Vec<u8> {
    [&[kind][..], &length_of::<3>(body), body].concat()
}

fn length_of<const N: usize>(bytes: &[u8]) -> [u8; N] {
    let all = bytes.len().to_be_bytes();
    all[all.len() - N..].try_into().unwrap()
}

fn expand<const N: usize>(secret: &Hkdf<Sha256>, label: &str, context: &[u8]) -> [u8; N] {
    let label = format!("tls13 {label}");
    let length = |bytes: &[u8]| [u8::try_from(bytes.len()).unwrap()];
    let info = [
        &[0, u8::try_from(N).unwrap()][..],
        &length(label.as_bytes()),
        label.as_bytes(),
        &length(context),
        context,
    ]
    .concat();
    let mut out = [0; N];
    secret.expand(&info, &mut out).unwrap();
    out
}
