//! Filters of event subscriptions, as arguments.
//!
//! This module covers how a filter is put together of arguments. Which events match it is the
//! library's to say.

use std::fs;

use eventgrid_filters::{
    Clause, CompileOptions, CompiledFilter, Condition, Filter, FilterLimits, NamespaceFilter,
};
use serde_json::Value;

use crate::arguments::FilterArguments;
use crate::failure::Failure;

/// The filter that the arguments come to; none if they ask for nothing.
///
/// # Errors
/// [`Failure`] if one of them is not valid.
pub(crate) fn filter_of(arguments: &FilterArguments) -> Result<Option<Filter>, Failure> {
    if !arguments.is_given() {
        return Ok(None);
    }
    let mut filter = match &arguments.filter {
        Some(text) => parse(&text_of(text)?)?,
        None => Filter::new(),
    };
    for event_type in &arguments.included_types {
        filter = filter.include_event_type(event_type);
    }
    for equation in &arguments.equations {
        filter = filter.clause(clause(equation)?);
    }
    Ok(Some(filter))
}

/// The same, ready to be asked. The service's limits do not count, since it is not asked.
///
/// # Errors
/// [`Failure`] if one of them is not valid.
pub(crate) fn compiled(arguments: &FilterArguments) -> Result<Option<CompiledFilter>, Failure> {
    let options = CompileOptions::new().limits(FilterLimits::none());
    let compile = |filter: Filter| {
        filter
            .compile_with(&options)
            .map_err(|error| Failure::usage("the filter is not valid").caused_by(&error))
    };
    filter_of(arguments)?.map(compile).transpose()
}

/// A filter in either form of Azure Resource Manager: that of namespaces has the member `filters`.
fn parse(text: &str) -> Result<Filter, Failure> {
    let invalid = |error: serde_json::Error| {
        Failure::usage("the filter is not valid").caused_by(&error).advice(
            "write it as Azure Resource Manager does: \
             {\"includedEventTypes\": [..], \"advancedFilters\": [{\"operatorType\": .., \"key\": .., \"values\": [..]}]}",
        )
    };
    let value: Value = serde_json::from_str(text).map_err(invalid)?;
    if value.get("filters").is_some() {
        serde_json::from_value::<NamespaceFilter>(value).map(Filter::from).map_err(invalid)
    } else {
        serde_json::from_value(value).map_err(invalid)
    }
}

/// `PATH=VALUE`: the value is JSON, or text if it is not JSON.
fn clause(equation: &str) -> Result<Clause, Failure> {
    let (key, value) = equation.split_once('=').ok_or_else(|| {
        Failure::usage(format!("--where {equation:?} has no `=`")).advice("write it as --where data.total=5")
    })?;
    let condition = match serde_json::from_str(value) {
        Ok(Value::Bool(boolean)) => Condition::BoolEquals(boolean),
        Ok(Value::Number(number)) => Condition::NumberIn(number.as_f64().into_iter().collect()),
        Ok(Value::Null) => Condition::IsNullOrUndefined,
        Ok(Value::String(text)) => Condition::StringIn(vec![text]),
        _ => Condition::StringIn(vec![value.to_owned()]),
    };
    Ok(Clause::new(key, condition))
}

fn text_of(argument: &str) -> Result<String, Failure> {
    match argument.strip_prefix('@') {
        None => Ok(argument.to_owned()),
        Some(file) => fs::read_to_string(file)
            .map_err(|error| Failure::local(format!("cannot read the filter in {file}"), &error)),
    }
}
