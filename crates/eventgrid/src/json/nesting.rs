//! Which containers are open.

/// How deep arrays and objects may be nested, one in the other.
pub const MAX_DEPTH: usize = 128;

/// The containers that are open, one bit for each, the innermost lowest.
#[derive(Clone, Copy, Default)]
pub(crate) struct Nesting {
    objects: u128,
    depth: usize,
}

/// What a container is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Container {
    Object,
    Array,
}

impl Nesting {
    /// Opens one more; `false` if there are [`MAX_DEPTH`] already.
    #[inline]
    #[must_use]
    pub(crate) fn open(&mut self, container: Container) -> bool {
        if self.depth >= MAX_DEPTH {
            return false;
        }
        self.objects = self.objects << 1 | u128::from(container == Container::Object);
        self.depth += 1;
        true
    }

    /// Closes the innermost.
    #[inline]
    pub(crate) fn close(&mut self) {
        self.objects >>= 1;
        self.depth = self.depth.saturating_sub(1);
    }

    /// The innermost one, if any is open.
    #[inline]
    pub(crate) fn innermost(&self) -> Option<Container> {
        if self.depth == 0 {
            None
        } else if self.objects & 1 == 1 {
            Some(Container::Object)
        } else {
            Some(Container::Array)
        }
    }

    /// How many are open.
    pub(crate) fn depth(&self) -> usize {
        self.depth
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_level_remembers_what_it_is() {
        let kind = |level: usize| if level % 3 == 0 { Container::Object } else { Container::Array };
        let mut nesting = Nesting::default();
        for level in 0..MAX_DEPTH {
            assert!(nesting.open(kind(level)));
        }
        assert!(!nesting.open(Container::Array), "one too many");
        for level in (0..MAX_DEPTH).rev() {
            assert!(nesting.innermost() == Some(kind(level)));
            nesting.close();
        }
        assert!(nesting.innermost().is_none());
    }
}
