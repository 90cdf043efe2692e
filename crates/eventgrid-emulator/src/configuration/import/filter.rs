//! Filters of other emulators: those of Azure Resource Manager, read as .NET reads them.

use eventgrid_filters::{Filter, Operator};
use serde_json::{Map, Value};

use super::json::member;
use crate::broker::compile_options;
use crate::limits::Limits;

/// The members of a filter, which .NET takes in any case.
const MEMBERS: [&str; 6] = [
    "includedEventTypes",
    "subjectBeginsWith",
    "subjectEndsWith",
    "isSubjectCaseSensitive",
    "enableAdvancedFilteringOnArrays",
    "advancedFilters",
];
const MEMBERS_OF_CLAUSES: [&str; 4] = ["operatorType", "key", "value", "values"];

/// Reads a filter; the error says what to do, and has no value of the filter.
pub(super) fn read_filter(filter: &Value) -> Result<Filter, String> {
    let unreadable = "its filter cannot be read: write it as filter of an event subscription".to_owned();
    let Value::Object(filter) = filter else { return Err(unreadable) };
    let mut filter = named(filter, &MEMBERS);
    if let Some(Value::Array(clauses)) = filter.get_mut("advancedFilters") {
        for clause in clauses {
            if let Value::Object(members) = clause {
                *clause = Value::Object(clause_of(members));
            }
        }
    }
    let filter: Filter = serde_json::from_value(Value::Object(filter)).map_err(|_| unreadable)?;
    let compiled = filter.compile_with(&compile_options(None, Limits::Strict.of_filters()));
    match compiled {
        Ok(_) => Ok(filter),
        Err(_) => Err("its filter goes beyond the limits of the service: write another one".to_owned()),
    }
}

/// A clause with the operand in the member that its operator has.
fn clause_of(clause: &Map<String, Value>) -> Map<String, Value> {
    let mut clause = named(clause, &MEMBERS_OF_CLAUSES);
    let operator = clause.get("operatorType").and_then(Value::as_str).and_then(|text| text.parse().ok());
    let takes_one = matches!(
        operator,
        Some(
            Operator::NumberLessThan
                | Operator::NumberGreaterThan
                | Operator::NumberLessThanOrEquals
                | Operator::NumberGreaterThanOrEquals
                | Operator::BoolEquals
        )
    );
    if !takes_one && !clause.contains_key("values") {
        if let Some(value) = clause.remove("value") {
            clause.insert("values".to_owned(), Value::Array(vec![value]));
        }
    }
    clause
}

/// The same members, with those of the list as it spells them, and without those that are null.
fn named(object: &Map<String, Value>, names: &[&str]) -> Map<String, Value> {
    let is_named = |key: &str| names.iter().any(|name| name.eq_ignore_ascii_case(key));
    let others = object.iter().filter(|(key, _)| !is_named(key));
    let others = others.map(|(key, value)| (key.clone(), value.clone()));
    let known = names.iter().filter_map(|name| Some(((*name).to_owned(), member(object, name)?.clone())));
    others.chain(known).collect()
}
