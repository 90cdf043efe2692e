// Made from `types.txt` by `tests/system_events`; do not edit.

//! Azure API Center.

/// An API definition was added.
pub const API_DEFINITION_ADDED: &str = "Microsoft.ApiCenter.ApiDefinitionAdded";

/// An API definition was updated.
pub const API_DEFINITION_UPDATED: &str = "Microsoft.ApiCenter.ApiDefinitionUpdated";
