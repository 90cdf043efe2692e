// Made from `types.txt` by `tests/system_events`; do not edit.

//! Azure Resource Manager: subscriptions and resource groups.

/// An action on a resource was cancelled.
pub const RESOURCE_ACTION_CANCEL: &str = "Microsoft.Resources.ResourceActionCancel";

/// An action on a resource failed.
pub const RESOURCE_ACTION_FAILURE: &str = "Microsoft.Resources.ResourceActionFailure";

/// An action on a resource succeeded.
pub const RESOURCE_ACTION_SUCCESS: &str = "Microsoft.Resources.ResourceActionSuccess";

/// The deletion of a resource was cancelled.
pub const RESOURCE_DELETE_CANCEL: &str = "Microsoft.Resources.ResourceDeleteCancel";

/// The deletion of a resource failed.
pub const RESOURCE_DELETE_FAILURE: &str = "Microsoft.Resources.ResourceDeleteFailure";

/// The deletion of a resource succeeded.
pub const RESOURCE_DELETE_SUCCESS: &str = "Microsoft.Resources.ResourceDeleteSuccess";

/// Creating or updating a resource was cancelled.
pub const RESOURCE_WRITE_CANCEL: &str = "Microsoft.Resources.ResourceWriteCancel";

/// Creating or updating a resource failed.
pub const RESOURCE_WRITE_FAILURE: &str = "Microsoft.Resources.ResourceWriteFailure";

/// Creating or updating a resource succeeded.
pub const RESOURCE_WRITE_SUCCESS: &str = "Microsoft.Resources.ResourceWriteSuccess";
