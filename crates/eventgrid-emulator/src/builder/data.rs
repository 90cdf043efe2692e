//! An emulator whose state is in a directory.

use std::io;
use std::path::PathBuf;

use super::EmulatorBuilder;
use super::start::invalid;
use crate::broker::Broker;
use crate::server::{Persistence, wall_time};
use crate::service::{Emulator, StoredEmulator, read_resources};
use crate::store::{DataError, Store};

impl EmulatorBuilder {
    /// Keeps topics, event subscriptions, events and the messages that the MQTT broker retains in
    /// that directory, which is made if it is not there. What the server has reported survives the
    /// end of the process at any moment, and so does what was acknowledged. Access keys and tokens
    /// are not kept.
    ///
    /// When it starts, what the directory has is there, and what this builder names is added to it.
    /// Event subscriptions that are in both get the settings, the filter and the dead-letter
    /// destination of this builder and keep their events and dead letters. Endpoints that events
    /// are pushed to are those of this builder alone.
    ///
    /// Only a server keeps its events: [`build`](Self::build) and
    /// [`in_process`](Self::in_process) refuse this.
    ///
    /// ```
    /// use eventgrid_emulator::Emulator;
    /// # let folder = std::env::temp_dir().join(format!("eventgrid-emulator-data-{}", std::process::id()));
    /// # let _ = std::fs::remove_dir_all(&folder);
    ///
    /// let builder = Emulator::builder().subscription("orders", "billing").data(&folder);
    /// builder.clone().start("127.0.0.1:0")?.shutdown();
    /// let again = builder.start("127.0.0.1:0")?;
    /// assert_eq!(again.stats("orders", "billing").unwrap().queued, 0);
    /// # drop(again);
    /// # std::fs::remove_dir_all(folder)?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[must_use]
    pub fn data(mut self, folder: impl Into<PathBuf>) -> Self {
        self.data = Some(folder.into());
        self
    }

    /// Builds the emulator of what this says, and of what its directory has. Names were checked.
    ///
    /// # Errors
    /// If there is no seed and the system has no random numbers, or the directory cannot be used:
    /// then the cause is a [`DataError`].
    pub(super) fn build_for_server(self) -> io::Result<(Emulator, Persistence)> {
        let Some(folder) = &self.data else {
            return Ok((self.build().map_err(invalid)?, Persistence::default()));
        };
        let (store, stored) = Store::open(folder).map_err(io::Error::other)?;
        Ok((self.build_from(stored)?, Persistence::in_store(store)))
    }

    fn build_from(&self, stored: StoredEmulator) -> io::Result<Emulator> {
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
        // Before anything dies by time: what is pushed does not.
        self.set_push_endpoints(&mut emulator);
        self.set_push_endpoints_of_basic(&mut emulator).map_err(invalid)?;
        emulator.continue_from(stored.clock, wall_time());
        emulator.retain(stored.retained_messages).map_err(damaged)?;
        emulator.follow_schemas();
        for (topic, name, settings) in &self.subscriptions {
            emulator.ensure_settings(topic, name, settings.unwrap_or(self.settings));
            if !self.has_filter(topic, name) {
                emulator.ensure_no_filter(topic, name);
            }
            emulator.ensure_dead_lettering(topic, name, self.dead_lettering_of(topic, name));
        }
        self.ensure_subscriptions_of_basic(&mut emulator).map_err(invalid)?;
        Ok(emulator)
    }
}
