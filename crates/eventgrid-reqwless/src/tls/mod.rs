//! TLS 1.3 with a verified server, without a heap.
//!
//! A [`TlsSocket`] is a [`Socket`](crate::Socket) round another one, and is opened again and again
//! like that. It has two halves that meet in a
//! [`Mailbox`]: the socket itself, and its [`session`](session()), a future that has the connection. The program pins it
//! once and leaves the rest to the socket, which drives it whenever something is waited for:
//! nothing is spawned.
//!
//! ```
//! use core::pin::pin;
//! use core::time::Duration;
//!
//! use eventgrid_reqwless::eventgrid::AsyncSleep;
//! use eventgrid_reqwless::tls::{
//!     CertificateDer, Mailbox, TlsSettings, TlsError, TlsRandom, TlsSocket, Trust, Validity, session, trust_anchor,
//! };
//! use eventgrid_reqwless::{Reqwless, Slot, Socket};
//!
//! # const ROOT_DER: &[u8] = &[];
//! // const ROOT_DER: &[u8] = include_bytes!("root.der");
//! static ROOT: CertificateDer<'static> = CertificateDer::from_slice(ROOT_DER);
//!
//! async fn run(
//!     network: impl Socket,
//!     timer: impl AsyncSleep,
//!     clock: &dyn Fn() -> Option<Duration>,
//!     entropy: [u8; 32],
//! ) -> Result<(), TlsError> {
//!     let (mut read, mut write, mut mail, mut heads) = ([0; 16640], [0; 1024], [0; 512], [0; 1024]);
//!     let anchors = [trust_anchor(&ROOT)?];
//!     let trust = Trust::Anchors { anchors: &anchors, validity: Validity::At(clock) };
//!     let settings = TlsSettings::new(trust, TlsRandom::from_entropy(entropy), &mut read, &mut write);
//!     let mailbox = Mailbox::new(&mut mail);
//!     let session = pin!(session(&mailbox, network, settings));
//!     let socket = TlsSocket::new(&mailbox, session);
//!     let transport = Reqwless::new(timer, [Slot::new(socket, &mut heads)]);
//!     // As without TLS from here on, for URLs with https.
//!     # let _ = transport;
//!     Ok(())
//! }
//! ```
//!
//! # What is verified
//!
//! - The path from the server's certificate to a trust anchor: every signature, basic constraints,
//!   path length, key usage, extended key usage (for servers), name constraints.
//! - That the certificate is for the host: DNS names of any length with wildcards, and addresses.
//!   The subject's common name counts for nothing.
//! - That every certificate of the path is valid at present, by the application's clock. A device
//!   without one has to say [`DangerouslyAtAnyTime`](Validity::DangerouslyAtAnyTime).
//! - That the server has the key of its certificate, and that nothing was changed in between. Only
//!   then does the client show its own certificate.
//!
//! Instead of anchors, [keys can be pinned](Trust::Keys).
//!
//! **Not** verified is revocation: neither lists nor OCSP nor certificate transparency.
//!
//! # What is spoken
//!
//! TLS 1.3 with `TLS_AES_128_GCM_SHA256` and a key exchange on P-256, by
//! [embedded-tls](https://docs.rs/embedded-tls). Certificates are on P-256 with SHA-256; with the
//! feature `tls-rsa` also of RSA, 2048 to 4096 bits, PKCS#1 v1.5 and PSS with SHA-256, SHA-384 and
//! SHA-512. Client certificates are on P-256, and one is sent: the server must trust its issuer.
//!
//! Not spoken are TLS 1.2, other curves and ciphers, hello retry requests, resumption and key
//! updates. A server that splits the messages of its handshake over several records cannot be
//! understood ([`TlsError::Malformed`]); none has to, as long as the chain is shorter than 16 KB.
//! For anything of that, another TLS can implement [`Socket`](crate::Socket).
//!
//! The project's suite for transports (`tests/conformance`) runs its rows on TLS over this socket,
//! client certificates included.
//!
//! # Random numbers
//!
//! One [generator](TlsRandom), seeded once by the application, belongs to the session and outlives
//! its connections. So a key exchange is never repeated by connecting again, and it takes a second
//! generator to make a second session.
//!
//! # Memory
//!
//! | what | bytes |
//! |---|---|
//! | read buffer | the largest record that the server sends. 16640 always do. Where the answers are small, the largest is often the one with the chain: about 1500 for a chain of two on P-256, 4 to 8 k for a public one of RSA. [`TlsError::ReadBufferTooSmall`] says what was missing |
//! | write buffer | 1024; 512 without a client's certificate |
//! | mailbox | twice the length of the host's name, and 512 for good measure |
//!
//! The server's chain is judged where it lies in the read buffer; what is kept of it is the key.
//! Measured on a Cortex-M3 (optimised for size), for one publish over a root, an issuing authority
//! and a server:
//!
//! | what | `tls`, P-256 | `tls-rsa`, 4096 bits above 2048 |
//! |---|---|---|
//! | the session, a part of the task's future | 7.9 k | 8.3 k |
//! | stack, all in all | 17 k | 43 k |
//! | flash, of the whole image | 151 k | 197 k |
//!
//! No heap is needed for either. RSA takes its stack in place of one: integers of 4096 bits, for
//! any key.
//!
//! # Why not the verifier of `embedded-tls`?
//!
//! Its feature `rustpki` looks at signatures and names, but not at what a certificate is for: the
//! certificate of any device lets that device issue one for any host, and a client's passes for a
//! server's. Names of more than 64 bytes, addresses and names after the third are refused.
//! `tests/tls/built_in.rs` shows it.
//!
//! The same test shows that `embedded-tls` calls a handshake complete in which the server sent no
//! certificate at all, whatever verifier it was given. So this module takes its word for nothing:
//! after each handshake it asks its own verifier whether the server was authenticated. It also
//! keeps from it what it takes and should not: plain text where only encrypted records may come,
//! and empty records, which make it panic. What remains is that a server that has proved who it is
//! can make it panic with a message of a handshake after the handshake.
//!
//! reqwless' own feature `embedded-tls` takes the same random numbers for every connection, does
//! not look at the time and has the verifier above. This crate never enables it.
//!
//! # Why `rsa_heapless`?
//!
//! It is a fork of the crate `rsa` whose verifying works on integers of a fixed width, with the
//! padding checks and test vectors of the original. The original needs a heap for it.
//! `crypto-bigint` alone has the arithmetic, but no padding: PKCS#1 and PSS would be ours to get
//! right. What is verified is public, so that the fork's one risk is to accept what it should not:
//! `src/tls/rsa.rs` compares it with OpenSSL, for good signatures and bad ones.

mod certificate;
mod chain;
mod ecdsa;
mod error;
mod identity;
mod mailbox;
mod provider;
mod random;
mod records;
#[cfg(feature = "tls-rsa")]
mod rsa;
mod session;
mod socket;
mod trust;
mod verifier;

pub use error::TlsError;
pub use identity::{ClientIdentity, InvalidKey};
pub use mailbox::Mailbox;
pub use random::TlsRandom;
pub use rustls_pki_types::{CertificateDer, TrustAnchor};
pub use session::{TlsSettings, session};
pub use socket::TlsSocket;
pub use trust::{KeyHash, Trust, Validity, trust_anchor};

/// The cipher suite that every server of TLS 1.3 must have.
type Cipher = embedded_tls::Aes128GcmSha256;
