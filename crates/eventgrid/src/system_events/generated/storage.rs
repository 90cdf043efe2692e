// Made from `types.txt` by `tests/system_events`; do not edit.

//! Azure Storage.

/// An operation that takes its time was started, such as moving a blob out of the archive tier.
pub const ASYNC_OPERATION_INITIATED: &str = "Microsoft.Storage.AsyncOperationInitiated";

/// A blob was created or replaced.
pub const BLOB_CREATED: &str = "Microsoft.Storage.BlobCreated";

/// A blob was deleted.
pub const BLOB_DELETED: &str = "Microsoft.Storage.BlobDeleted";

/// The run of a blob inventory rule ended.
pub const BLOB_INVENTORY_POLICY_COMPLETED: &str = "Microsoft.Storage.BlobInventoryPolicyCompleted";

/// A blob was renamed.
pub const BLOB_RENAMED: &str = "Microsoft.Storage.BlobRenamed";

/// The access tier of a blob changed.
pub const BLOB_TIER_CHANGED: &str = "Microsoft.Storage.BlobTierChanged";

/// A directory was created.
pub const DIRECTORY_CREATED: &str = "Microsoft.Storage.DirectoryCreated";

/// A directory was deleted.
pub const DIRECTORY_DELETED: &str = "Microsoft.Storage.DirectoryDeleted";

/// A directory was renamed.
pub const DIRECTORY_RENAMED: &str = "Microsoft.Storage.DirectoryRenamed";

/// The actions of a lifecycle policy ended.
pub const LIFECYCLE_POLICY_COMPLETED: &str = "Microsoft.Storage.LifecyclePolicyCompleted";

/// The run of a storage task's assignment ended.
pub const STORAGE_TASK_ASSIGNMENT_COMPLETED: &str = "Microsoft.Storage.StorageTaskAssignmentCompleted";

/// The run of a storage task's assignment was queued.
pub const STORAGE_TASK_ASSIGNMENT_QUEUED: &str = "Microsoft.Storage.StorageTaskAssignmentQueued";

/// A storage task ended; the older name of `StorageTaskAssignmentCompleted`.
pub const STORAGE_TASK_COMPLETED: &str = "Microsoft.Storage.StorageTaskCompleted";

/// A storage task was queued; the older name of `StorageTaskAssignmentQueued`.
pub const STORAGE_TASK_QUEUED: &str = "Microsoft.Storage.StorageTaskQueued";
