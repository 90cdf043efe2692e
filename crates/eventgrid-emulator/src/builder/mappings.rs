//! Where attributes are in events of custom schemas.

use eventgrid_push::InputSchemaMapping;

use super::EmulatorBuilder;
use crate::accepted::InputSchema;
use crate::configuration_error::ConfigurationError;

impl EmulatorBuilder {
    /// Says where the attributes of an event are in the custom schema of a basic topic or a domain:
    /// filters, pushes in another schema and dead letters go by it. Without this they have the
    /// names of the Event Grid schema. Of two mappings the second counts.
    ///
    /// ```
    /// use eventgrid_emulator::eventgrid_filters::Filter;
    /// use eventgrid_emulator::eventgrid_push::{InputSchemaMapping, MappedField};
    /// use eventgrid_emulator::{Emulator, EventSubscriptionOptions, InputSchema, Target};
    ///
    /// let mut mapping = InputSchemaMapping::new();
    /// mapping.event_type = MappedField::from_field("kind").or("Sold");
    /// let target = Target::BasicTopic("sales");
    /// let sold = EventSubscriptionOptions::new().filter(Filter::new().include_event_type("Sold"));
    /// let emulator = Emulator::builder()
    ///     .basic_topic("sales", InputSchema::Custom)
    ///     .input_schema_mapping("sales", mapping)
    ///     .subscription_of(target, "audit", sold)
    ///     .build()?;
    /// assert!(emulator.explain(target, "audit", r#"{"price":3}"#).unwrap().unwrap().matches());
    /// # Ok::<(), eventgrid_emulator::ConfigurationError>(())
    /// ```
    #[must_use]
    pub fn input_schema_mapping(mut self, name: impl Into<String>, mapping: InputSchemaMapping) -> Self {
        self.mappings.push((name.into(), mapping));
        self
    }

    /// # Errors
    /// If there is no basic topic and no domain of a custom schema that a mapping could be for.
    pub(super) fn check_mappings(&self) -> Result<(), ConfigurationError> {
        for (name, _) in &self.mappings {
            let mut resources = self.basic_topics.iter().chain(&self.domains);
            let is_of = |(other, schema): &(String, InputSchema)| {
                other.eq_ignore_ascii_case(name) && *schema == InputSchema::Custom
            };
            if !resources.any(is_of) {
                return Err(ConfigurationError::MappingOfNothing { name: name.clone() });
            }
        }
        Ok(())
    }
}
