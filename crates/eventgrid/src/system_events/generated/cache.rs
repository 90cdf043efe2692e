// Made from `types.txt` by `tests/system_events`; do not edit.

//! Azure Cache for Redis.

/// The export of a cache's data ended.
pub const EXPORT_RDB_COMPLETED: &str = "Microsoft.Cache.ExportRDBCompleted";

/// The import of data into a cache ended.
pub const IMPORT_RDB_COMPLETED: &str = "Microsoft.Cache.ImportRDBCompleted";

/// The patching of a cache ended.
pub const PATCHING_COMPLETED: &str = "Microsoft.Cache.PatchingCompleted";

/// The scaling of a cache ended.
pub const SCALING_COMPLETED: &str = "Microsoft.Cache.ScalingCompleted";
