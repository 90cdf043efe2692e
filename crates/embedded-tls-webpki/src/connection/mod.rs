//! Connections: the socket that a program uses, the session that runs TLS for it, and what they
//! exchange with each other and with the socket below. Which servers are trusted is decided in
//! `trust`.

mod mailbox;
mod reconnect;
mod records;
mod session;
mod socket;

pub use self::mailbox::Mailbox;
pub use self::reconnect::Reconnect;
pub use self::session::{TlsSettings, session};
pub use self::socket::TlsSocket;
