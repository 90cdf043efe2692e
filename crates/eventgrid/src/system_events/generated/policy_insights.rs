// Made from `types.txt` by `tests/system_events`; do not edit.

//! Azure Policy.

/// The compliance of a resource changed.
pub const POLICY_STATE_CHANGED: &str = "Microsoft.PolicyInsights.PolicyStateChanged";

/// The compliance of a resource is known for the first time.
pub const POLICY_STATE_CREATED: &str = "Microsoft.PolicyInsights.PolicyStateCreated";

/// The compliance of a resource is not tracked any more.
pub const POLICY_STATE_DELETED: &str = "Microsoft.PolicyInsights.PolicyStateDeleted";
