// Made from `types.txt` by `tests/system_events`; do not edit.

//! Azure Event Grid.

/// An MQTT client was created or updated.
pub const MQTT_CLIENT_CREATED_OR_UPDATED: &str = "Microsoft.EventGrid.MQTTClientCreatedOrUpdated";

/// An MQTT client was deleted.
pub const MQTT_CLIENT_DELETED: &str = "Microsoft.EventGrid.MQTTClientDeleted";

/// An MQTT client's session connected.
pub const MQTT_CLIENT_SESSION_CONNECTED: &str = "Microsoft.EventGrid.MQTTClientSessionConnected";

/// An MQTT client's session disconnected.
pub const MQTT_CLIENT_SESSION_DISCONNECTED: &str = "Microsoft.EventGrid.MQTTClientSessionDisconnected";

/// An event subscription was deleted.
pub const SUBSCRIPTION_DELETED_EVENT: &str = "Microsoft.EventGrid.SubscriptionDeletedEvent";

/// An event subscription asks its endpoint whether it wants the events.
pub const SUBSCRIPTION_VALIDATION_EVENT: &str = "Microsoft.EventGrid.SubscriptionValidationEvent";
