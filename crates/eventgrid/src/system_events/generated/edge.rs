// Made from `types.txt` by `tests/system_events`; do not edit.

//! Azure Arc workload orchestration.

/// A version of a solution was published.
pub const SOLUTION_VERSION_PUBLISHED: &str = "Microsoft.Edge.SolutionVersionPublished";
