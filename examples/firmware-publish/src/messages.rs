//! Errors in words.

use eventgrid::Error;
use firmware_board::println;

/// Says what went wrong, and why if no response came or nothing was sent.
pub(crate) fn tell(error: &Error<'_, eventgrid_reqwless::Error>) {
    println!("{error}");
    match error {
        Error::Transport { error, .. } => println!("because {}", error.reason()),
        Error::Request(error) => println!("because {error}"),
        Error::Credential { error, .. } => println!("because {error}"),
        _ => {}
    }
}
