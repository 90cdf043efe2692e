//! Which part of the emulator a request is for.

use super::basic::{BasicResources, Resource};
use super::namespace::{Route, route};
use super::query::parameter;

/// Where what was accepted is told. Nothing of the service's ends like that.
pub(super) const ACCEPTED: &str = "/emulator/accepted";

/// The path of every basic topic, domain and partner namespace, behind its name.
const EVENTS: &str = "/api/events";

/// A part of the emulator.
pub(super) enum Place<'p> {
    /// What was accepted.
    Accepted,
    /// A basic topic, a domain or a partner namespace.
    Basic(&'p Resource),
    /// Nothing, where only one of these could be.
    NothingBasic,
    /// An operation of the namespace.
    Namespace(Route<'p>),
    /// Nothing.
    Nothing,
}

/// Reads a path. All below the name of a basic resource is that resource's; everything else is the namespace's. The
/// query helps where nothing is, to say so in the right words.
pub(super) fn place<'p>(path: &'p str, query: Option<&str>, resources: &'p BasicResources) -> Place<'p> {
    if path == ACCEPTED {
        return Place::Accepted;
    }
    if path == EVENTS {
        return Place::Basic(resources.any_schema());
    }
    let start = path.strip_prefix('/').unwrap_or_default();
    let (name, rest) = start.split_at(start.find('/').unwrap_or(start.len()));
    if let Some(resource) = resources.named(name) {
        return if rest == EVENTS { Place::Basic(resource) } else { Place::NothingBasic };
    }
    if let Some(route) = route(path) {
        return Place::Namespace(route);
    }
    let basic_version =
        parameter(query.unwrap_or_default(), "api-version").is_some_and(|v| v == "2018-01-01");
    if path.ends_with(EVENTS) || basic_version { Place::NothingBasic } else { Place::Nothing }
}
