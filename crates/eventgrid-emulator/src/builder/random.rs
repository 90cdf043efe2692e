//! Where random numbers come from.

use rand::{SeedableRng, rngs::StdRng};

use crate::configuration_error::ConfigurationError;

/// A generator that follows from the seed, or else from the system's random numbers.
///
/// # Errors
/// [`ConfigurationError::NoRandomSource`], if there is no seed and the system has no random
/// numbers.
pub(super) fn generator<E>(
    seed: Option<u64>,
    of_system: impl FnOnce() -> Result<StdRng, E>,
) -> Result<StdRng, ConfigurationError> {
    match seed {
        Some(seed) => Ok(StdRng::seed_from_u64(seed)),
        None => of_system().map_err(|_| ConfigurationError::NoRandomSource),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_random_numbers_of_the_system_a_seed_is_needed() {
        let nothing = || Err::<StdRng, _>("no /dev/urandom");
        let error = generator(None, nothing).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the system has no random numbers: give a seed, or what they come from, such as /dev/urandom"
        );
        assert_eq!(generator(Some(1), nothing), Ok(StdRng::seed_from_u64(1)));
        assert!(generator(None, StdRng::try_from_os_rng).is_ok());
    }
}
