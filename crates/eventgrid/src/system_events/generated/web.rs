// Made from `types.txt` by `tests/system_events`; do not edit.

//! Azure App Service and Azure Functions.

/// An App Service plan was updated.
pub const APP_SERVICE_PLAN_UPDATED: &str = "Microsoft.Web.AppServicePlanUpdated";

/// An app was started, stopped, restarted or otherwise updated.
pub const APP_UPDATED: &str = "Microsoft.Web.AppUpdated";

/// The backup of an app was completed.
pub const BACKUP_OPERATION_COMPLETED: &str = "Microsoft.Web.BackupOperationCompleted";

/// The backup of an app failed.
pub const BACKUP_OPERATION_FAILED: &str = "Microsoft.Web.BackupOperationFailed";

/// The backup of an app started.
pub const BACKUP_OPERATION_STARTED: &str = "Microsoft.Web.BackupOperationStarted";

/// An app was restored from a backup.
pub const RESTORE_OPERATION_COMPLETED: &str = "Microsoft.Web.RestoreOperationCompleted";

/// Restoring an app from a backup failed.
pub const RESTORE_OPERATION_FAILED: &str = "Microsoft.Web.RestoreOperationFailed";

/// Restoring an app from a backup started.
pub const RESTORE_OPERATION_STARTED: &str = "Microsoft.Web.RestoreOperationStarted";

/// The swap of two deployment slots was completed.
pub const SLOT_SWAP_COMPLETED: &str = "Microsoft.Web.SlotSwapCompleted";

/// The swap of two deployment slots failed.
pub const SLOT_SWAP_FAILED: &str = "Microsoft.Web.SlotSwapFailed";

/// The swap of two deployment slots started.
pub const SLOT_SWAP_STARTED: &str = "Microsoft.Web.SlotSwapStarted";

/// The swap of two deployment slots with preview was cancelled.
pub const SLOT_SWAP_WITH_PREVIEW_CANCELLED: &str = "Microsoft.Web.SlotSwapWithPreviewCancelled";

/// The swap of two deployment slots with preview started.
pub const SLOT_SWAP_WITH_PREVIEW_STARTED: &str = "Microsoft.Web.SlotSwapWithPreviewStarted";
