//! Errors in words.

use eventgrid::Error;
use firmware_board::println;

/// Says what went wrong, and why no answer came if none did.
pub(crate) fn tell(error: &Error<'_, eventgrid_reqwless::Error>) {
    println!("{error}");
    if let Error::Transport { error, .. } = error {
        println!("because {}", error.reason());
    }
}
