//! How close an emulator keeps to the documented limits of the service.

use std::fmt;
use std::str::FromStr;

use eventgrid_filters::FilterLimits;

/// Whether what the documentation does not allow is refused, although nobody has seen the service
/// refuse it. [`Emulator::facts`](crate::service::Emulator::facts) names each case.
///
/// ```
/// use eventgrid_emulator::Limits;
///
/// assert_eq!("relaxed".parse(), Ok(Limits::Relaxed));
/// assert_eq!(Limits::default().to_string(), "strict");
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Limits {
    /// `strict`: it is. What passes here is within what the service promises.
    #[default]
    Strict,
    /// `relaxed`: it is not, for programs that rely on more than the service promises.
    Relaxed,
}

/// A text that names no limits: they are `strict` or `relaxed`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("limits are strict or relaxed")]
pub struct UnknownLimits;

impl Limits {
    /// The documented limit; none, if limits are relaxed.
    pub(crate) fn of(self, documented: usize) -> usize {
        match self {
            Self::Strict => documented,
            Self::Relaxed => usize::MAX,
        }
    }

    /// Those of filters.
    pub(crate) fn of_filters(self) -> FilterLimits {
        match self {
            Self::Strict => FilterLimits::documented(),
            Self::Relaxed => FilterLimits::none(),
        }
    }

    /// Whether what is not documented to be accepted is refused.
    pub(crate) fn are_strict(self) -> bool {
        self == Self::Strict
    }
}

impl fmt::Display for Limits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Strict => "strict",
            Self::Relaxed => "relaxed",
        })
    }
}

impl FromStr for Limits {
    type Err = UnknownLimits;

    fn from_str(text: &str) -> Result<Self, UnknownLimits> {
        [Self::Strict, Self::Relaxed]
            .into_iter()
            .find(|limits| limits.to_string() == text)
            .ok_or(UnknownLimits)
    }
}
