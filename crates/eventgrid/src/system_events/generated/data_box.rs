// Made from `types.txt` by `tests/system_events`; do not edit.

//! Azure Data Box.

/// The copying of an order's data ended.
pub const COPY_COMPLETED: &str = "Microsoft.DataBox.CopyCompleted";

/// The copying of an order's data started.
pub const COPY_STARTED: &str = "Microsoft.DataBox.CopyStarted";

/// An order was completed.
pub const ORDER_COMPLETED: &str = "Microsoft.DataBox.OrderCompleted";
