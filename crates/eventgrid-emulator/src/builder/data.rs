//! An emulator whose state is in a directory.

use std::io;
use std::path::Path;

use super::EmulatorBuilder;
use crate::broker::Broker;
use crate::server::wall_time;
use crate::service::{Emulator, StoredEmulator, read_resources};
use crate::store::{DataError, Store};

impl EmulatorBuilder {
    /// Builds the emulator of what a directory has and what this says. Names were checked.
    ///
    /// # Errors
    /// If there is no seed and the system has no random numbers, or the directory cannot be used:
    /// then the cause is a [`DataError`].
    pub(super) fn build_in(&self, folder: &Path) -> io::Result<(Emulator, Store)> {
        let (store, stored) = Store::open(folder).map_err(io::Error::other)?;
        let emulator = self.build_from(stored)?;
        Ok((emulator, store))
    }

    fn build_from(&self, stored: StoredEmulator) -> io::Result<Emulator> {
        let invalid = |error| io::Error::new(io::ErrorKind::InvalidInput, error);
        let (random, made_up, seed) = self.random().map_err(invalid)?;
        let damaged = |what: String| io::Error::other(DataError::impossible(&what));
        // With the same seed the same lock tokens would come again.
        let mut broker = Broker::new(seed.wrapping_add(stored.openings));
        broker.open(stored.broker).map_err(damaged)?;
        let mut basic = self.basic_resources();
        if let Some(text) = &stored.basic_resources {
            basic.add_missing(read_resources(text, self.limits).map_err(damaged)?);
        }
        let mut emulator = self.assemble(random, made_up, broker, basic).map_err(invalid)?;
        emulator.continue_from(stored.clock, wall_time());
        for (topic, name, settings) in &self.subscriptions {
            emulator.ensure_settings(topic, name, settings.unwrap_or(self.settings));
        }
        Ok(emulator)
    }
}
