//! Compiles a filter: checks the limits, and makes the tests of its parts.

mod error;

use memchr::memmem::Finder;

pub use self::error::FilterError;
use crate::event::{Keys, Slot};
use crate::filter::{Clause, Condition, Filter};
use crate::matching::{Comparing, Comparison, CompiledFilter, Program, SubjectTest, Test, TypeTest};
use crate::options::{CompileOptions, Schema};
use crate::text;
use crate::truth::{ValueKind, outcome};

impl Filter {
    /// Checks the filter against the documented limits, and compiles it for CloudEvents and events
    /// in the Event Grid schema.
    ///
    /// # Errors
    /// If it has more clauses, more values or longer strings than the limits allow, or a clause
    /// without a meaning: an empty key, a list without values, a range whose low end is above its
    /// high end, a number that is not finite.
    pub fn compile(&self) -> Result<CompiledFilter, FilterError> {
        self.compile_with(&CompileOptions::new())
    }

    /// Like [`compile`](Self::compile), with other limits or for events in a custom schema.
    ///
    /// # Errors
    /// Those of [`compile`](Self::compile), with the limits of the options.
    pub fn compile_with(&self, options: &CompileOptions) -> Result<CompiledFilter, FilterError> {
        error::check(self, &options.limits)?;
        Ok(self.compiled(options))
    }

    fn compiled(&self, options: &CompileOptions) -> CompiledFilter {
        let mut keys = Keys::new();
        let program = self.program(&options.schema, &mut keys);
        CompiledFilter::new(self.clone(), options.clone(), keys, program)
    }

    fn program(&self, schema: &Schema, keys: &mut Keys) -> Program {
        let types = self.included_event_types.as_ref().filter(|types| !types.is_empty());
        let types = types.filter(|types| types.iter().all(|event_type| event_type != "All"));
        let event_types = types.map(|included| {
            let (names, default) = match schema {
                Schema::Published => (Some(EVENT_TYPE), None),
                Schema::Custom { event_type, .. } => {
                    let names = (!event_type.key.is_empty()).then_some([event_type.key.as_str(); 2]);
                    (names, event_type.default.as_ref())
                }
            };
            TypeTest {
                included: included.clone(),
                keys: names.map(|names| names.map(|name| keys.slot(name, false))),
                matches_without: default.is_some_and(|default| included.contains(default)),
            }
        });
        let begins: Comparing = |subject, text| subject.starts_with(text);
        let ends: Comparing = |subject, text| subject.ends_with(text);
        let subject_begins_with = self.subject(self.subject_begins_with.as_ref(), begins, schema, keys);
        let subject_ends_with = self.subject(self.subject_ends_with.as_ref(), ends, schema, keys);
        let clauses = self.advanced.iter().map(|clause| test(clause, self.arrays, schema, keys)).collect();
        Program { event_types, subject_begins_with, subject_ends_with, clauses }
    }

    fn subject(
        &self,
        text: Option<&String>,
        matches: Comparing,
        schema: &Schema,
        keys: &mut Keys,
    ) -> Option<SubjectTest> {
        let text = text.filter(|text| !text.is_empty())?;
        let is_case_sensitive = self.is_subject_case_sensitive;
        let (key, default) = match schema {
            Schema::Published => ("subject", None),
            Schema::Custom { subject, .. } => (&*subject.key, subject.default.as_ref()),
        };
        let fold = |text: &String| if is_case_sensitive { text.clone() } else { text::fold(text) };
        let text = fold(text);
        let matches_without = default.is_some_and(|default| matches(&fold(default), &text));
        let key = (!key.is_empty()).then(|| keys.slot(key, !is_case_sensitive));
        Some(SubjectTest { key, text, is_case_sensitive, matches, matches_without })
    }
}

/// Where the type of an event is: in a `CloudEvent`, or in the Event Grid schema.
const EVENT_TYPE: [&str; 2] = ["type", "eventType"];

/// A filter that every event matches.
impl Default for CompiledFilter {
    fn default() -> Self {
        Filter::new().compiled(&CompileOptions::new())
    }
}

fn test(clause: &Clause, arrays: bool, schema: &Schema, keys: &mut Keys) -> Test {
    let operator = clause.condition.operator();
    let comparison = comparison(&clause.condition);
    Test {
        keys: keys_of(&clause.key, schema, keys, comparison.is_of_text()),
        outcomes: ValueKind::ALL.map(|kind| outcome(operator, kind)),
        arrays,
        is_negated: operator.is_negated(),
        comparison,
    }
}

/// Where the value of a key is: at the first slot or, if that is missing, at the second.
fn keys_of(key: &str, schema: &Schema, keys: &mut Keys, wants_folded: bool) -> [Slot; 2] {
    let names = match schema {
        Schema::Published if key.eq_ignore_ascii_case("eventtype") => EVENT_TYPE,
        Schema::Published if key.eq_ignore_ascii_case("eventid") => ["id", "id"],
        Schema::Published => [key, key],
        Schema::Custom { .. } => {
            let is_data = key.get(..5).is_some_and(|start| start.eq_ignore_ascii_case("data."));
            let name = if is_data { &key[5..] } else { key };
            [name, name]
        }
    };
    names.map(|name| keys.slot(name, wants_folded))
}

fn comparison(condition: &Condition) -> Comparison {
    let folded = |values: &[String]| values.iter().map(|value| text::fold(value)).collect::<Vec<_>>();
    match condition {
        Condition::NumberIn(values) | Condition::NumberNotIn(values) => Comparison::NumberIn(values.clone()),
        Condition::NumberLessThan(value) => Comparison::LessThan(*value),
        Condition::NumberGreaterThan(value) => Comparison::GreaterThan(*value),
        Condition::NumberLessThanOrEquals(value) => Comparison::LessThanOrEquals(*value),
        Condition::NumberGreaterThanOrEquals(value) => Comparison::GreaterThanOrEquals(*value),
        Condition::NumberInRange(ranges) | Condition::NumberNotInRange(ranges) => {
            Comparison::InRange(ranges.clone())
        }
        Condition::BoolEquals(value) => Comparison::Boolean(*value),
        Condition::StringContains(values) | Condition::StringNotContains(values) => {
            let finders = folded(values).into_iter().map(|value| Finder::new(&value).into_owned());
            Comparison::Contains(finders.collect())
        }
        Condition::StringBeginsWith(values) | Condition::StringNotBeginsWith(values) => {
            Comparison::BeginsWith(folded(values))
        }
        Condition::StringEndsWith(values) | Condition::StringNotEndsWith(values) => {
            Comparison::EndsWith(folded(values))
        }
        Condition::StringIn(values) | Condition::StringNotIn(values) => {
            let mut values = folded(values);
            values.sort();
            Comparison::StringIn(values)
        }
        Condition::IsNullOrUndefined | Condition::IsNotNull => Comparison::None,
    }
}
