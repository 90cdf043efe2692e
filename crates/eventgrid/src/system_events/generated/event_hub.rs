// Made from `types.txt` by `tests/system_events`; do not edit.

//! Azure Event Hubs.

/// A capture file was created.
pub const CAPTURE_FILE_CREATED: &str = "Microsoft.EventHub.CaptureFileCreated";
