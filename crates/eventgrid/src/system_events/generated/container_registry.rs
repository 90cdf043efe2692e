// Made from `types.txt` by `tests/system_events`; do not edit.

//! Azure Container Registry.

/// A Helm chart was deleted.
pub const CHART_DELETED: &str = "Microsoft.ContainerRegistry.ChartDeleted";

/// A Helm chart was pushed.
pub const CHART_PUSHED: &str = "Microsoft.ContainerRegistry.ChartPushed";

/// An image was deleted.
pub const IMAGE_DELETED: &str = "Microsoft.ContainerRegistry.ImageDeleted";

/// An image was pushed.
pub const IMAGE_PUSHED: &str = "Microsoft.ContainerRegistry.ImagePushed";
