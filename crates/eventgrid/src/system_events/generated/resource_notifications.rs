// Made from `types.txt` by `tests/system_events`; do not edit.

//! Azure Resource Notifications.

/// Maintenance of a Kubernetes cluster was scheduled, started or ended.
pub const CONTAINER_SERVICE_EVENT_RESOURCES_SCHEDULED_EVENT_EMITTED: &str =
    "Microsoft.ResourceNotifications.ContainerServiceEventResources.ScheduledEventEmitted";

/// The availability of a resource changed.
pub const HEALTH_RESOURCES_AVAILABILITY_STATUS_CHANGED: &str =
    "Microsoft.ResourceNotifications.HealthResources.AvailabilityStatusChanged";

/// The health of a resource was annotated.
pub const HEALTH_RESOURCES_RESOURCE_ANNOTATED: &str =
    "Microsoft.ResourceNotifications.HealthResources.ResourceAnnotated";

/// A resource was created or updated.
pub const RESOURCES_CREATED_OR_UPDATED: &str = "Microsoft.ResourceNotifications.Resources.CreatedOrUpdated";

/// A resource was deleted.
pub const RESOURCES_DELETED: &str = "Microsoft.ResourceNotifications.Resources.Deleted";
