// Made from `types.txt` by `tests/system_events`; do not edit.

//! Azure Service Bus.

/// There are messages, and listeners too; raised periodically.
pub const ACTIVE_MESSAGES_AVAILABLE_PERIODIC_NOTIFICATIONS: &str =
    "Microsoft.ServiceBus.ActiveMessagesAvailablePeriodicNotifications";

/// There are messages, and nobody listens.
pub const ACTIVE_MESSAGES_AVAILABLE_WITH_NO_LISTENERS: &str =
    "Microsoft.ServiceBus.ActiveMessagesAvailableWithNoListeners";

/// There are dead-lettered messages, and listeners too; raised periodically.
pub const DEADLETTER_MESSAGES_AVAILABLE_PERIODIC_NOTIFICATIONS: &str =
    "Microsoft.ServiceBus.DeadletterMessagesAvailablePeriodicNotifications";

/// There are dead-lettered messages, and nobody listens.
pub const DEADLETTER_MESSAGES_AVAILABLE_WITH_NO_LISTENERS: &str =
    "Microsoft.ServiceBus.DeadletterMessagesAvailableWithNoListeners";
