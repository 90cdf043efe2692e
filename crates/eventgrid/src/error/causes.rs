//! An error with all that caused it, in one line.

use core::error::Error;
use core::fmt;

/// Displays an error and each of its causes, separated by `: `.
///
/// An error of this crate says what happened, and has its cause in `source()`: the error of the
/// HTTP library, then that of the operating system. Printing an error without this function shows
/// only the error itself.
///
/// ```
/// use std::io;
///
/// #[derive(Debug)]
/// struct Failed(io::Error);
/// # impl std::fmt::Display for Failed {
/// #     fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
/// #         f.write_str("connecting to 127.0.0.1:1 failed")
/// #     }
/// # }
/// # impl std::error::Error for Failed {
/// #     fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
/// #         Some(&self.0)
/// #     }
/// # }
///
/// let error = Failed(io::Error::other("connection refused"));
/// let shown = eventgrid::with_causes(&error).to_string();
/// assert_eq!(shown, "connecting to 127.0.0.1:1 failed: connection refused");
/// ```
pub fn with_causes<'e>(error: &'e (dyn Error + 'e)) -> WithCauses<'e> {
    WithCauses(error)
}

/// What [`with_causes`] returns.
#[derive(Debug, Clone, Copy)]
pub struct WithCauses<'e>(&'e (dyn Error + 'e));

impl fmt::Display for WithCauses<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)?;
        let mut cause = self.0.source();
        while let Some(error) = cause {
            write!(f, ": {error}")?;
            cause = error.source();
        }
        Ok(())
    }
}
