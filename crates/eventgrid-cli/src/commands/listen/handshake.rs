//! The handshake, before anything is received.

use eventgrid_push::{AttemptResult, CloudEventsHandshake, HandshakeResult, ValidationHandshake};
use tokio::time::sleep;

use super::http_sender::HttpSender;
use crate::failure::{Failure, FailureKind};

/// Asks the webhook whether it wants the events. While it cannot be reached, it is asked again:
/// events stay where they are meanwhile.
///
/// # Errors
/// [`Failure`] if it does not want them.
pub(super) async fn shake_hands(sender: &HttpSender) -> Result<(), Failure> {
    let handshake = CloudEventsHandshake::new();
    let mut is_first = true;
    loop {
        let ended = sender.send(handshake.request()).await;
        let AttemptResult::Status(status) = ended.result else {
            if is_first {
                message!(
                    "waiting for the webhook: {} cannot be reached: {}; events stay where they are",
                    sender.url(),
                    ended.text
                );
            }
            is_first = false;
            sleep(ValidationHandshake::RETRY_WAIT).await;
            continue;
        };
        let failure = match handshake.result(status, &ended.headers) {
            HandshakeResult::Consented { .. } => return Ok(()),
            HandshakeResult::Refused(failure) => {
                Failure::new(FailureKind::Other, format!("{} refuses the events", sender.url()))
                    .caused_by(&failure)
            }
            // It has no URL by which to consent later.
            _ => Failure::new(FailureKind::Other, format!("{} did not consent", sender.url())),
        };
        return Err(failure.advice(
            "let it respond to OPTIONS with 200 and the header `WebHook-Allowed-Origin: eventgrid.azure.net`, \
             or leave the handshake out by --skip-handshake",
        ));
    }
}
