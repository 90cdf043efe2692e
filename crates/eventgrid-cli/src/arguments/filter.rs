//! The arguments of a filter.

use clap::Args;

/// Which events are meant.
#[derive(Debug, Args, Default)]
#[command(next_help_heading = "Filter")]
pub(crate) struct FilterArguments {
    /// Filter in the form of Azure Resource Manager, for namespaces or for basic topics: JSON, or
    /// @FILE.
    #[arg(long, value_name = "JSON")]
    pub(crate) filter: Option<String>,

    /// Only events of this type. Repeatable.
    #[arg(long = "type", value_name = "TYPE")]
    pub(crate) included_types: Vec<String>,

    /// Only events that have this value at that path, such as `data.total=5` or `subject=orders`.
    /// Case is ignored. Repeatable: all must match.
    #[arg(long = "where", value_name = "PATH=VALUE")]
    pub(crate) equations: Vec<String>,
}

impl FilterArguments {
    /// Whether any of them is given.
    pub(crate) fn is_given(&self) -> bool {
        self.filter.is_some() || !self.included_types.is_empty() || !self.equations.is_empty()
    }
}
