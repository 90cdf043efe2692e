// Made from `types.txt` by `tests/system_events`; do not edit.

//! Azure `IoT` Hub.

/// A device connected.
pub const DEVICE_CONNECTED: &str = "Microsoft.Devices.DeviceConnected";

/// A device was registered.
pub const DEVICE_CREATED: &str = "Microsoft.Devices.DeviceCreated";

/// A device was deleted.
pub const DEVICE_DELETED: &str = "Microsoft.Devices.DeviceDeleted";

/// A device disconnected.
pub const DEVICE_DISCONNECTED: &str = "Microsoft.Devices.DeviceDisconnected";

/// A device sent telemetry.
pub const DEVICE_TELEMETRY: &str = "Microsoft.Devices.DeviceTelemetry";
