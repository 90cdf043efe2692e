//! Connections: the socket that a program has, the session that drives TLS for it, and what passes
//! between them and to the socket below. Who may be at the other end is judged in `trust`.

mod mailbox;
mod reconnect;
mod records;
mod session;
mod socket;

pub use self::mailbox::Mailbox;
pub use self::reconnect::Reconnect;
pub use self::session::{TlsSettings, session};
pub use self::socket::TlsSocket;
