// Made from `types.txt` by `tests/system_events`; do not edit.

//! Azure Kubernetes Service.

/// The version that a cluster runs is not supported any more.
pub const CLUSTER_SUPPORT_ENDED: &str = "Microsoft.ContainerService.ClusterSupportEnded";

/// Support of the version that a cluster runs ends soon.
pub const CLUSTER_SUPPORT_ENDING: &str = "Microsoft.ContainerService.ClusterSupportEnding";

/// A new version of Kubernetes is available.
pub const NEW_KUBERNETES_VERSION_AVAILABLE: &str = "Microsoft.ContainerService.NewKubernetesVersionAvailable";

/// The rolling upgrade of a node pool failed.
pub const NODE_POOL_ROLLING_FAILED: &str = "Microsoft.ContainerService.NodePoolRollingFailed";

/// The rolling upgrade of a node pool started.
pub const NODE_POOL_ROLLING_STARTED: &str = "Microsoft.ContainerService.NodePoolRollingStarted";

/// The rolling upgrade of a node pool succeeded.
pub const NODE_POOL_ROLLING_SUCCEEDED: &str = "Microsoft.ContainerService.NodePoolRollingSucceeded";
