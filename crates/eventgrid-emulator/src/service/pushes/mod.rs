//! Pushes as a program sees them: where events are pushed, which pushes are due, how they ended.
//!
//! Sockets do not belong here: a server sends what is due, or a test responds to it by hand. What
//! feeds a topic of the namespace needs neither, and is published here.

mod due_push;
mod endpoint;
mod feed;
mod form;
mod handshake;
mod handshakes;
mod log;
mod take;

pub use self::due_push::DuePush;
pub(crate) use self::due_push::SentPush;
pub use self::endpoint::PushEndpointError;
pub(crate) use self::endpoint::check_push_endpoint;
pub(super) use self::feed::FEED_AT_ONCE;
pub(super) use self::form::PushForms;
pub(super) use self::handshake::Handshakes;
pub(crate) use self::handshake::{DueHandshake, HandshakeResponse};
pub use self::handshake::{HandshakeState, HandshakeStatus};
pub(super) use self::handshakes::HANDSHAKE;
pub(crate) use self::take::TakenPush;
