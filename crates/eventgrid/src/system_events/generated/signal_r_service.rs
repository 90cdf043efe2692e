// Made from `types.txt` by `tests/system_events`; do not edit.

//! Azure `SignalR` Service.

/// A client connected.
pub const CLIENT_CONNECTION_CONNECTED: &str = "Microsoft.SignalRService.ClientConnectionConnected";

/// A client disconnected.
pub const CLIENT_CONNECTION_DISCONNECTED: &str = "Microsoft.SignalRService.ClientConnectionDisconnected";
