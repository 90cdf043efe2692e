// Made from `types.txt` by `tests/system_events`; do not edit.

//! Azure App Configuration.

/// A key-value was deleted.
pub const KEY_VALUE_DELETED: &str = "Microsoft.AppConfiguration.KeyValueDeleted";

/// A key-value was created or modified.
pub const KEY_VALUE_MODIFIED: &str = "Microsoft.AppConfiguration.KeyValueModified";

/// A snapshot was created.
pub const SNAPSHOT_CREATED: &str = "Microsoft.AppConfiguration.SnapshotCreated";

/// A snapshot was modified.
pub const SNAPSHOT_MODIFIED: &str = "Microsoft.AppConfiguration.SnapshotModified";
