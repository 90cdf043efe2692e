//! Why TLS failed, and what to do about it.

use embedded_io_async::ErrorKind;

/// Why a TLS connection could not be opened, or why it ended.
///
/// The text says what to do. Where only an error of another type is returned,
/// [`TlsSocket::last_error`](crate::TlsSocket::last_error) has this error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TlsError {
    /// The host is neither a DNS name nor an address.
    #[error("{}", self.reason())]
    InvalidHost,
    /// The certificate is for another host.
    #[error("{}", self.reason())]
    WrongHost,
    /// The chain does not lead to a trust anchor: the anchors are the wrong ones, or the server
    /// does not send an intermediate certificate.
    #[error("{}", self.reason())]
    UnknownIssuer,
    /// A certificate of the chain has expired, by the application's clock.
    #[error("{}", self.reason())]
    Expired,
    /// A certificate of the chain is not valid yet, by the application's clock.
    #[error("{}", self.reason())]
    NotYetValid,
    /// The application's clock does not know the time.
    #[error("{}", self.reason())]
    ClockNotSet,
    /// The certificate is not for servers (extended key usage), or its key not for signing (key
    /// usage).
    #[error("{}", self.reason())]
    NotForServers,
    /// A certificate of the chain may not issue the one below it: it is not a certificate of an
    /// authority, or its path length, key usage or name constraints forbid it.
    #[error("{}", self.reason())]
    NotAnIssuer,
    /// A key or a signature of the chain is of a kind that this build does not verify. The feature
    /// `rsa` adds RSA, and `p384` adds P-384.
    #[error("{}", self.reason())]
    UnsupportedAlgorithm,
    /// A signature is wrong, in the chain or of the handshake itself.
    #[error("{}", self.reason())]
    InvalidSignature,
    /// A certificate cannot be read.
    #[error("{}", self.reason())]
    InvalidCertificate,
    /// The server's key is not one of the pinned keys.
    #[error("{}", self.reason())]
    WrongKey,
    /// The server sent no certificate, or did not prove that it has its key.
    #[error("{}", self.reason())]
    NotAuthenticated,
    /// The server and this device have no version, cipher or curve in common.
    #[error("{}", self.reason())]
    NothingInCommon,
    /// The server does not accept the client's certificate, or requires one and got none.
    #[error("{}", self.reason())]
    ClientRefused,
    /// The server ended the connection with an alert of another kind.
    #[error("{}", self.reason())]
    Alert,
    /// The server broke the protocol, or split a message over several records.
    #[error("{}", self.reason())]
    Malformed,
    /// A record of the server does not fit into the read buffer.
    #[error("{}: {needed} bytes are needed", self.reason())]
    ReadBufferTooSmall {
        /// The size in bytes that the read buffer must have for this record.
        needed: usize,
    },
    /// A message to send does not fit into the write buffer.
    #[error("{}", self.reason())]
    WriteBufferTooSmall,
    /// The mailbox has no room for the name of the host.
    #[error("{}", self.reason())]
    MailboxTooSmall,
    /// The socket was made with the session of another mailbox.
    #[error("{}", self.reason())]
    WrongSession,
    /// There is no connection, or it has failed.
    #[error("{}", self.reason())]
    NotConnected,
    /// The connection below ended without the message that ends TLS. The data may be cut off.
    #[error("{}", self.reason())]
    Truncated,
    /// The connection below failed.
    #[error("{}", self.reason())]
    Io(ErrorKind),
}

const UNSUPPORTED_ALGORITHM: &str = match (cfg!(feature = "rsa"), cfg!(feature = "p384")) {
    (true, true) => {
        "the server's chain has a key or signature that this build does not verify: use P-256, P-384, or RSA of 2048 to 4096 bits"
    }
    (true, false) => {
        "the server's chain has a key or signature that this build does not verify: enable the feature for P-384, or use P-256 or RSA of 2048 to 4096 bits"
    }
    (false, true) => {
        "the server's chain has a key or signature that this build does not verify: enable the feature for RSA, or use P-256 or P-384"
    }
    (false, false) => {
        "the server's chain has a key or signature that this build does not verify: enable the feature for RSA or for P-384, or use P-256"
    }
};

impl TlsError {
    /// The text of the error, without its numbers.
    pub const fn reason(&self) -> &'static str {
        match self {
            Self::InvalidHost => "the host is neither a DNS name nor an address: correct the endpoint",
            Self::WrongHost => {
                "the server's certificate is for another host: check the endpoint, or which server is there"
            }
            Self::UnknownIssuer => {
                "no trust anchor has issued the server's chain: check the anchors, and that the server sends its intermediate certificates"
            }
            Self::Expired => {
                "a certificate of the server has expired: check the device's clock, then ask the server's operator"
            }
            Self::NotYetValid => "a certificate of the server is not valid yet: check the device's clock",
            Self::ClockNotSet => "the device does not know the time: set the clock before connecting",
            Self::NotForServers => {
                "the certificate is not one for servers: the server's operator must replace it"
            }
            Self::NotAnIssuer => {
                "a certificate of the chain may not issue the one below it: the chain is forged or badly made"
            }
            Self::UnsupportedAlgorithm => UNSUPPORTED_ALGORITHM,
            Self::InvalidSignature => {
                "a signature of the server or of its certificate is wrong: check the trust anchors; someone \
                 may be in between"
            }
            Self::InvalidCertificate => "a certificate of the server cannot be read",
            Self::WrongKey => {
                "the server's key is not pinned: pin its new key if it has one; otherwise someone may be in \
                 between"
            }
            Self::NotAuthenticated => "the server did not prove who it is: someone may be in between",
            Self::NothingInCommon => {
                "the server does not speak TLS 1.3 with AES-128-GCM-SHA256 and P-256, or has no certificate \
                 of a kind that this build verifies"
            }
            Self::ClientRefused => {
                "the server refuses this client: give it a certificate that the server trusts"
            }
            Self::Alert => "the server ended the connection with a TLS alert",
            Self::Malformed => {
                "the server's messages cannot be read: they are not valid in TLS 1.3, or the server splits \
                 one over several records, which is not supported"
            }
            Self::ReadBufferTooSmall { .. } => {
                "a TLS record of the server is larger than the read buffer: use a larger one"
            }
            Self::WriteBufferTooSmall => {
                "a TLS message of this client is larger than the write buffer: use a larger one"
            }
            Self::MailboxTooSmall => "the host is longer than half of the mailbox: use a larger one",
            Self::WrongSession => "the TLS socket was made with the session of another mailbox",
            Self::NotConnected => "there is no TLS connection",
            Self::Truncated => "the connection ended without a TLS close: what came may be cut off",
            Self::Io(_) => "the connection below TLS failed",
        }
    }
}

impl embedded_io_async::Error for TlsError {
    fn kind(&self) -> ErrorKind {
        match self {
            // This kind is that of a refusal by the server.
            Self::Io(ErrorKind::PermissionDenied) => ErrorKind::Other,
            Self::Io(kind) => *kind,
            Self::NotConnected => ErrorKind::NotConnected,
            Self::Truncated | Self::Alert => ErrorKind::ConnectionReset,
            Self::ClientRefused => ErrorKind::PermissionDenied,
            Self::Malformed => ErrorKind::InvalidData,
            Self::ReadBufferTooSmall { .. } | Self::WriteBufferTooSmall => ErrorKind::OutOfMemory,
            _ => ErrorKind::Other,
        }
    }
}

/// Why a [`TlsSocket`](crate::TlsSocket) could not open a connection.
///
/// Exhaustive: either the socket below failed, with its error `E`, or TLS over it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TlsConnectError<E> {
    /// The socket below could not connect. TLS had not begun.
    #[error("the socket below TLS could not connect")]
    Socket(#[source] E),
    /// The socket below was connected, and TLS over it failed.
    #[error(transparent)]
    Tls(#[from] TlsError),
}

impl<E: embedded_io_async::Error + 'static> embedded_io_async::Error for TlsConnectError<E> {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Socket(error) => error.kind(),
            Self::Tls(error) => error.kind(),
        }
    }
}
