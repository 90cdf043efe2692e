//! What the user types.

use std::thread;
use std::time::Duration;

use crossterm::event::{self, Event};
use tokio::sync::mpsc::{self, UnboundedReceiver};

/// How long to wait before it is looked whether anybody still wants to know.
const PATIENCE: Duration = Duration::from_millis(200);

/// Reads keys, and the sizes that the terminal gets, on a thread of its own until nobody wants to
/// know any more. Where that fails, none come.
pub(super) fn read() -> UnboundedReceiver<Event> {
    let (to, from) = mpsc::unbounded_channel();
    let read = move || {
        while !to.is_closed() {
            match event::poll(PATIENCE)
                .and_then(|is_there| if is_there { event::read().map(Some) } else { Ok(None) })
            {
                Ok(Some(event)) => {
                    if to.send(event).is_err() {
                        return;
                    }
                }
                Ok(None) => {}
                Err(_) => return,
            }
        }
    };
    // Without it, the list is still shown, and a signal ends it.
    let _ = thread::Builder::new().name("keys".to_owned()).spawn(read);
    from
}
