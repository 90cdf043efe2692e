// Made from `types.txt` by `tests/system_events`; do not edit.

//! Azure `VMware` Solution.

/// A cluster was created.
pub const CLUSTER_CREATED: &str = "Microsoft.AVS.ClusterCreated";

/// A cluster was deleted.
pub const CLUSTER_DELETED: &str = "Microsoft.AVS.ClusterDeleted";

/// Creating, updating or deleting a cluster failed.
pub const CLUSTER_FAILED: &str = "Microsoft.AVS.ClusterFailed";

/// A cluster was updated.
pub const CLUSTER_UPDATED: &str = "Microsoft.AVS.ClusterUpdated";

/// A cluster is being updated.
pub const CLUSTER_UPDATING: &str = "Microsoft.AVS.ClusterUpdating";

/// Updating or deleting a private cloud failed.
pub const PRIVATE_CLOUD_FAILED: &str = "Microsoft.AVS.PrivateCloudFailed";

/// A private cloud was updated.
pub const PRIVATE_CLOUD_UPDATED: &str = "Microsoft.AVS.PrivateCloudUpdated";

/// A private cloud is being updated.
pub const PRIVATE_CLOUD_UPDATING: &str = "Microsoft.AVS.PrivateCloudUpdating";

/// The execution of a script was cancelled.
pub const SCRIPT_EXECUTION_CANCELLED: &str = "Microsoft.AVS.ScriptExecutionCancelled";

/// The execution of a script failed.
pub const SCRIPT_EXECUTION_FAILED: &str = "Microsoft.AVS.ScriptExecutionFailed";

/// The execution of a script finished.
pub const SCRIPT_EXECUTION_FINISHED: &str = "Microsoft.AVS.ScriptExecutionFinished";

/// The execution of a script started.
pub const SCRIPT_EXECUTION_STARTED: &str = "Microsoft.AVS.ScriptExecutionStarted";
