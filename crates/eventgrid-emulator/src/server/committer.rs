//! When anybody is told of a turn: at once, or when it is committed to a store.

use std::io;

use super::engine::EngineHandle;
use super::outgoing::Outgoing;
use crate::service::{Emulator, Receipt};
#[cfg(feature = "data")]
use {
    super::committing::Committing,
    crate::store::{DataError, Store},
    std::sync::Arc,
    tokio::sync::watch,
};

/// Where the state of a server is kept: nowhere, or in a store.
#[derive(Debug, Default)]
pub(crate) struct Persistence {
    #[cfg(feature = "data")]
    store: Option<Store>,
}

/// Whether the store has failed, and why.
#[derive(Debug, Clone)]
pub(super) struct Failure {
    #[cfg(feature = "data")]
    pub(super) of_store: watch::Receiver<Option<Arc<DataError>>>,
}

/// Tells of turns.
#[derive(Default)]
pub(super) struct Committer {
    #[cfg(feature = "data")]
    committing: Option<Committing>,
}

impl Persistence {
    #[cfg(feature = "data")]
    pub(crate) fn in_store(store: Store) -> Self {
        Self { store: Some(store) }
    }
}

impl Committer {
    /// Starts what commits turns to a store, if there is one.
    ///
    /// # Errors
    /// If there is no thread to be had for it.
    #[cfg_attr(not(feature = "data"), expect(clippy::unnecessary_wraps, reason = "a store can fail"))]
    pub(super) fn start(persistence: Persistence, engine: &EngineHandle) -> io::Result<(Self, Failure)> {
        #[cfg(feature = "data")]
        {
            let (failed, of_store) = watch::channel(None);
            let start = |store| Committing::start(store, engine.take_back(), failed);
            let committing = persistence.store.map(start).transpose()?;
            Ok((Self { committing }, Failure { of_store }))
        }
        #[cfg(not(feature = "data"))]
        {
            let (_, _) = (persistence, engine);
            Ok((Self::default(), Failure {}))
        }
    }

    /// Whether a turn can fail to be committed.
    #[cfg_attr(not(feature = "data"), expect(clippy::unused_self, reason = "a store is used"))]
    pub(super) fn may_fail(&self) -> bool {
        #[cfg(feature = "data")]
        return self.committing.is_some();
        #[cfg(not(feature = "data"))]
        false
    }

    /// Makes lasting what a turn did, and then tells of it. Returns what the responses brought for
    /// which nobody is there any more, as far as that is known by now.
    #[cfg_attr(not(feature = "data"), expect(clippy::unused_self, reason = "a store is used"))]
    pub(super) fn commit(&mut self, emulator: &mut Emulator, turn: Outgoing) -> Vec<Receipt> {
        #[cfg(feature = "data")]
        if let Some(committing) = &mut self.committing {
            return committing.commit(emulator.take_changes(), turn);
        }
        let _ = emulator;
        turn.send()
    }
}
