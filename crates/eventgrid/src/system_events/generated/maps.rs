// Made from `types.txt` by `tests/system_events`; do not edit.

//! Azure Maps.

/// Something entered a geofence.
pub const GEOFENCE_ENTERED: &str = "Microsoft.Maps.GeofenceEntered";

/// Something left a geofence.
pub const GEOFENCE_EXITED: &str = "Microsoft.Maps.GeofenceExited";

/// The result of a geofence query, whatever it is.
pub const GEOFENCE_RESULT: &str = "Microsoft.Maps.GeofenceResult";
