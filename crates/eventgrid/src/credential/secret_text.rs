//! Text that must not be shown.

use core::fmt;
use core::ops::Deref;

use crate::text::Text;

/// Text that `Debug` does not show. With the feature `zeroize`, owned text is overwritten when it
/// is dropped.
#[derive(Clone)]
pub(crate) struct SecretText<'s>(Text<'s>);

impl<'s> SecretText<'s> {
    pub(crate) fn new(text: impl Into<Text<'s>>) -> Self {
        Self(text.into())
    }
}

impl Deref for SecretText<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

#[cfg(feature = "zeroize")]
impl Drop for SecretText<'_> {
    fn drop(&mut self) {
        zeroize::Zeroize::zeroize(&mut self.0);
    }
}

impl fmt::Debug for SecretText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(redacted)")
    }
}

#[cfg(all(test, feature = "alloc", feature = "zeroize"))]
mod tests {
    use super::*;

    #[test]
    fn what_is_owned_is_overwritten_and_what_is_lent_is_not() {
        let mut owned = Text::from(alloc::string::String::from("c2VjcmV0"));
        zeroize::Zeroize::zeroize(&mut owned);
        assert_eq!(owned, "", "the bytes are zeros, and the length too");
        let mut lent = Text::borrowed("c2VjcmV0");
        zeroize::Zeroize::zeroize(&mut lent);
        assert_eq!(lent, "c2VjcmV0");
    }
}
