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

/// The settings of all connections of a [`session`](session()).
#[non_exhaustive]
pub struct TlsSettings<'a> {
    /// Which servers to trust.
    pub trust: Trust<'a>,
    /// The client's certificate and key, for servers that ask for a certificate.
    pub identity: Option<&'a ClientIdentity<'a>>,
    /// Where the random numbers of the handshakes come from.
    pub random: TlsRandom,
    /// The buffer for received records. The largest record that the server sends must fit into it;
    /// 16640 bytes are always enough. See [Memory](crate#memory).
    pub read_buffer: &'a mut [u8],
    /// The buffer for the records to send. 1024 bytes are enough, unless the client's certificate
    /// is large.
    pub write_buffer: &'a mut [u8],
}

impl<'a> TlsSettings<'a> {
    /// Settings with this trust and these buffers, without a client certificate.
    pub const fn new(
        trust: Trust<'a>,
        random: TlsRandom,
        read_buffer: &'a mut [u8],
        write_buffer: &'a mut [u8],
    ) -> Self {
        Self { trust, identity: None, random, read_buffer, write_buffer }
    }

    /// Sets the client's certificate and key, for servers that ask for a certificate. Default:
    /// none.
    #[must_use]
    pub const fn with_identity(mut self, identity: Option<&'a ClientIdentity<'a>>) -> Self {
        self.identity = identity;
        self
    }
}

/// Does not show the content of the buffers, which is plain text.
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

/// Runs the TLS connections of a [`TlsSocket`](crate::TlsSocket) over `socket`.
///
/// The future never ends. Do not spawn it: the socket polls it whenever one of the socket's methods
/// is awaited.
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
    /// Cleanly. The socket is closed, and the caller gets a reply.
    Closed,
    /// It was aborted. The caller gets a reply.
    Aborted,
    /// It was never opened. The caller has got a reply already, or has set another command.
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

/// Makes the handshake, and checks that the server is authenticated.
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

/// How the socket wants to end a connection.
enum Wish {
    /// Tell the server, then close.
    Farewell,
    /// Close. The server has said that it sends nothing more.
    Close,
    /// Abort.
    Abort,
}

/// The state of an open connection.
#[derive(Clone, Copy)]
enum State {
    /// Nothing was received yet.
    Fresh,
    /// The server has sent something.
    Used,
    /// The server has said that it sends nothing more.
    Ended,
    /// It failed, or was interrupted at a point where it cannot continue.
    Broken(TlsError),
}

/// Carries out the socket's commands.
async fn serve<S: Reconnect>(mailbox: &Mailbox<'_, S::ConnectError>, tls: &mut Tls<'_, S>) -> Wish {
    let mut state = State::Fresh;
    // Why nothing more can be sent. What the server has sent before can still be read.
    let mut unsendable = None;
    loop {
        let command = mailbox.next().await;
        let is_refused = unsendable.is_some() || matches!(state, State::Ended | State::Broken(_));
        if let (Command::Write(length), true) = (command, is_refused) {
            wipe(mailbox, length);
        }
        match (command, state) {
            (Command::Close, State::Fresh | State::Used) if unsendable.is_none() => return Wish::Farewell,
            (Command::Close, State::Ended) => return Wish::Close,
            (Command::Close | Command::Abort, _) => return Wish::Abort,
            (Command::Read, State::Ended) | (_, State::Broken(_)) => {}
            // Nothing can be sent to a server that is gone, and a socket aborts a connection before
            // it opens another.
            (_, State::Ended) | (Command::Connect { .. }, _) => state = State::Broken(TlsError::NotConnected),
            (Command::Read, _) => state = read(mailbox, tls, state).await,
            (Command::Write(_) | Command::Flush, _) if unsendable.is_some() => {}
            (Command::Write(length), _) => unsendable = write(mailbox, tls, length).await.err(),
            (Command::Flush, _) => unsendable = flush(mailbox, tls).await.err(),
        }
        if unsendable.is_some() {
            mailbox.set_last_error(unsendable);
        }
        mailbox.reply(match (state, command, unsendable) {
            (State::Broken(error), ..) | (_, Command::Write(_) | Command::Flush, Some(error)) => {
                Err(TlsConnectError::Tls(error))
            }
            _ => Ok(()),
        });
    }
}

/// Waits for something to read. If this is interrupted within a record, the connection cannot be
/// used any more; between records it can.
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
        // An alert. A server may refuse the client's certificate in its first message after the
        // handshake.
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
    // It may contain a credential.
    sending[..length].fill(0);
    mailbox.give_back(sending);
    finished(mailbox, written)
}

/// Overwrites what is not sent: it may contain a credential.
fn wipe<E>(mailbox: &Mailbox<'_, E>, length: usize) {
    let sending = mailbox.borrow_sending();
    sending[..length].fill(0);
    mailbox.give_back(sending);
}

async fn flush<S: Reconnect>(
    mailbox: &Mailbox<'_, S::ConnectError>,
    tls: &mut Tls<'_, S>,
) -> Result<(), TlsError> {
    let flushed = mailbox.unless_interrupted(tls.flush()).await;
    finished(mailbox, flushed)
}

/// A record of which only a part was sent cannot be completed.
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
