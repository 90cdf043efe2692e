//! The connections of one TLS socket, one after the other.

use core::convert::Infallible;
use core::fmt;

use embedded_io_async::{BufRead, ErrorKind, Write};
use embedded_tls::alert::AlertDescription;
use embedded_tls::{TlsConfig, TlsConnection, TlsContext};
use rustls_pki_types::ServerName;

use super::mailbox::{Command, Mailbox};
use super::reconnect::Reconnect;
use super::records::Watched;
use crate::error::{TlsConnectError, TlsError};
use crate::handshake::{ClientIdentity, Provider, TlsRandom};
use crate::trust::{Cipher, Trust, Verifier};

/// What all connections of a [`session`](session()) have in common.
#[non_exhaustive]
pub struct TlsSettings<'a> {
    /// Whom to trust.
    pub trust: Trust<'a>,
    /// Who this client is, for servers that ask for a certificate.
    pub identity: Option<&'a ClientIdentity<'a>>,
    /// Where the random numbers of the handshakes come from.
    pub random: TlsRandom,
    /// Holds the largest record that the server sends: 16640 bytes always do. See
    /// [Memory](crate#memory).
    pub read_buffer: &'a mut [u8],
    /// Holds the largest record that is sent: 1024 bytes do, unless the client's certificate is
    /// large.
    pub write_buffer: &'a mut [u8],
}

impl<'a> TlsSettings<'a> {
    /// Trusts those, and lends these buffers. Without an identity of its own.
    pub const fn new(
        trust: Trust<'a>,
        random: TlsRandom,
        read_buffer: &'a mut [u8],
        write_buffer: &'a mut [u8],
    ) -> Self {
        Self { trust, identity: None, random, read_buffer, write_buffer }
    }

    /// Sets who this client is, for servers that ask for a certificate. Default: nobody.
    #[must_use]
    pub const fn with_identity(mut self, identity: Option<&'a ClientIdentity<'a>>) -> Self {
        self.identity = identity;
        self
    }
}

/// Shows nothing of what is in the buffers, which have plain text in them.
impl fmt::Debug for TlsSettings<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TlsSettings")
            .field("trust", &self.trust)
            .field("identity", &self.identity)
            .field("random", &self.random)
            .field("read_buffer_len", &self.read_buffer.len())
            .field("write_buffer_len", &self.write_buffer.len())
            .finish()
    }
}

/// Carries out what a [`TlsSocket`](crate::TlsSocket) is asked for, over connections of `socket`.
///
/// It never ends. Nobody has to spawn it: the socket drives it, whenever one of the socket's
/// methods is waited for.
pub async fn session<S: Reconnect>(
    mailbox: &Mailbox<'_, S::ConnectError>,
    mut socket: S,
    mut settings: TlsSettings<'_>,
) -> Infallible {
    loop {
        match mailbox.next().await {
            Command::Connect { host_len, port } => {
                match connection(mailbox, &mut socket, &mut settings, host_len, port).await {
                    End::Closed if mailbox.unless_interrupted(socket.close()).await.is_some() => {
                        mailbox.reply(Ok(()));
                    }
                    End::Closed | End::Failed => socket.abort(),
                    End::Aborted => {
                        socket.abort();
                        mailbox.reply(Ok(()));
                    }
                }
            }
            Command::Close | Command::Abort => mailbox.reply(Ok(())),
            Command::Read | Command::Write(_) | Command::Flush => {
                mailbox.reply(Err(TlsConnectError::Tls(TlsError::NotConnected)));
            }
        }
    }
}

/// How a connection ends.
enum End {
    /// In good order: the socket is to be closed, and whoever asked to be told.
    Closed,
    /// By being given up: whoever asked is to be told.
    Aborted,
    /// Before it began: whoever asked knows already, or waits for something else now.
    Failed,
}

type Tls<'t, S> = TlsConnection<'t, Watched<'t, S>, Cipher>;

/// A connection from its beginning to its end.
async fn connection<S: Reconnect>(
    mailbox: &Mailbox<'_, S::ConnectError>,
    socket: &mut S,
    settings: &mut TlsSettings<'_>,
    host_len: usize,
    port: u16,
) -> End {
    let host = mailbox.host(host_len);
    match mailbox.unless_interrupted(socket.connect(&host, port)).await {
        Some(Ok(())) => {}
        Some(Err(error)) => {
            mailbox.reply(Err(TlsConnectError::Socket(error)));
            return End::Failed;
        }
        None => return End::Failed,
    }

    mailbox.records.begin_connection(settings.read_buffer.len());
    let socket = Watched { socket, records: &mailbox.records };
    let mut tls = Tls::new(socket, settings.read_buffer, settings.write_buffer);
    let mut provider = Provider {
        verifier: Verifier::new(&host, &settings.trust),
        identity: settings.identity,
        random: &mut settings.random,
    };
    let opened = mailbox.unless_interrupted(handshake(&mut tls, &host, &mut provider)).await;
    if let Some(Err(error)) = opened {
        let error = provider.verifier.error().or(mailbox.records.error()).unwrap_or(error);
        mailbox.reply(Err(TlsConnectError::Tls(error)));
    }
    let Some(Ok(())) = opened else { return End::Failed };

    mailbox.records.end_handshake();
    mailbox.reply(Ok(()));
    match serve(mailbox, &mut tls).await {
        Wish::Farewell if mailbox.unless_interrupted(tls.close()).await.is_some() => End::Closed,
        Wish::Farewell => End::Failed,
        Wish::Close => End::Closed,
        Wish::Abort => End::Aborted,
    }
}

/// Shakes hands, and makes sure that the server has proved who it is.
async fn handshake<S: Reconnect>(
    tls: &mut Tls<'_, S>,
    host: &str,
    provider: &mut Provider<'_>,
) -> Result<(), TlsError> {
    let mut config = TlsConfig::new();
    if cfg!(feature = "rsa") {
        config = config.enable_rsa_signatures();
    }
    // Servers are told names, never addresses: RFC 6066 section 3.
    if let Ok(ServerName::DnsName(_)) = ServerName::try_from(host) {
        config = config.with_server_name(host);
    }
    tls.open(TlsContext::new(&config, &mut *provider)).await.map_err(of_handshake)?;
    provider.verifier.outcome()
}

/// What the socket wants when it has no more use for a connection.
enum Wish {
    /// Tell the server, and close.
    Farewell,
    /// Close: the server has said that it is done.
    Close,
    /// Give it up.
    Abort,
}

/// How far an open connection has got.
#[derive(Clone, Copy)]
enum State {
    /// Nothing has come yet.
    Fresh,
    /// The server has sent something.
    Used,
    /// The server has said that nothing more will come.
    Ended,
    /// It failed, or was interrupted where it cannot go on.
    Broken(TlsError),
}

/// Does what the socket asks for.
async fn serve<S: Reconnect>(mailbox: &Mailbox<'_, S::ConnectError>, tls: &mut Tls<'_, S>) -> Wish {
    let mut state = State::Fresh;
    loop {
        let command = mailbox.next().await;
        state = match (command, state) {
            (Command::Close, State::Fresh | State::Used) => return Wish::Farewell,
            (Command::Close, State::Ended) => return Wish::Close,
            (Command::Close | Command::Abort, _) => return Wish::Abort,
            (Command::Read, State::Ended) | (_, State::Broken(_)) => state,
            // To a server that is gone nothing can be sent, and a socket gives a connection up
            // before it asks for another.
            (_, State::Ended) | (Command::Connect { .. }, _) => State::Broken(TlsError::NotConnected),
            (Command::Read, _) => read(mailbox, tls, state).await,
            (Command::Write(length), _) => {
                write(mailbox, tls, length).await.map_or_else(State::Broken, |()| state)
            }
            (Command::Flush, _) => flush(mailbox, tls).await.map_or_else(State::Broken, |()| state),
        };
        mailbox.reply(match state {
            State::Broken(error) => Err(TlsConnectError::Tls(error)),
            _ => Ok(()),
        });
    }
}

/// Waits for something to read. A connection survives that this is interrupted, but not within a
/// record.
async fn read<S: Reconnect>(
    mailbox: &Mailbox<'_, S::ConnectError>,
    tls: &mut Tls<'_, S>,
    state: State,
) -> State {
    let outcome = mailbox
        .unless_interrupted(tls.fill_buf())
        .await
        .map(|received| received.map(|bytes| mailbox.put_received(bytes)));
    match outcome {
        Some(Ok(length)) => {
            tls.consume(length);
            State::Used
        }
        Some(Err(embedded_tls::TlsError::ConnectionClosed)) => State::Ended,
        // An alert. The first message to a client may be that it is refused: TLS has no other place
        // for that.
        Some(Err(embedded_tls::TlsError::InternalError)) if matches!(state, State::Fresh) => {
            State::Broken(TlsError::ClientRefused)
        }
        Some(Err(embedded_tls::TlsError::InternalError)) => State::Broken(TlsError::Alert),
        Some(Err(error)) => State::Broken(mailbox.records.error().unwrap_or(of_connection(error))),
        None if mailbox.records.is_within_a_record() => State::Broken(TlsError::NotConnected),
        None => state,
    }
}

async fn write<S: Reconnect>(
    mailbox: &Mailbox<'_, S::ConnectError>,
    tls: &mut Tls<'_, S>,
    length: usize,
) -> Result<(), TlsError> {
    let sending = mailbox.borrow_sending();
    let written = mailbox.unless_interrupted(tls.write_all(&sending[..length])).await;
    // There may be a credential among it.
    sending[..length].fill(0);
    mailbox.give_back(sending);
    finished(mailbox, written)
}

async fn flush<S: Reconnect>(
    mailbox: &Mailbox<'_, S::ConnectError>,
    tls: &mut Tls<'_, S>,
) -> Result<(), TlsError> {
    let flushed = mailbox.unless_interrupted(tls.flush()).await;
    finished(mailbox, flushed)
}

/// A record that was interrupted half-way cannot be completed.
fn finished<E>(
    mailbox: &Mailbox<'_, E>,
    result: Option<Result<(), embedded_tls::TlsError>>,
) -> Result<(), TlsError> {
    result
        .ok_or(TlsError::NotConnected)?
        .map_err(|error| mailbox.records.error().unwrap_or(of_connection(error)))
}

fn of_handshake(error: embedded_tls::TlsError) -> TlsError {
    match error {
        embedded_tls::TlsError::HandshakeAborted(
            _,
            AlertDescription::HandshakeFailure
            | AlertDescription::ProtocolVersion
            | AlertDescription::InsufficientSecurity,
        )
        | embedded_tls::TlsError::InvalidKeyShare
        | embedded_tls::TlsError::InvalidCipherSuite => TlsError::NothingInCommon,
        embedded_tls::TlsError::HandshakeAborted(..) => TlsError::Alert,
        embedded_tls::TlsError::InsufficientSpace | embedded_tls::TlsError::EncodeError => {
            TlsError::WriteBufferTooSmall
        }
        embedded_tls::TlsError::IoError => TlsError::Io(ErrorKind::ConnectionReset),
        other => of_connection(other),
    }
}

fn of_connection(error: embedded_tls::TlsError) -> TlsError {
    match error {
        embedded_tls::TlsError::IoError => TlsError::Truncated,
        embedded_tls::TlsError::Io(kind) => TlsError::Io(kind),
        embedded_tls::TlsError::MissingHandshake => TlsError::NotConnected,
        _ => TlsError::Malformed,
    }
}
