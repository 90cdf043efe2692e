//! Examples of every cell of the truth table: a filter, an event, and whether it matches.

use super::{Outcome, TruthRow, ValueKind};
use crate::filter::{Clause, Condition, Filter, Operator};

/// A filter with one clause, an event, and whether the event matches by the truth table.
///
/// What an operator finds in a value that it compares is written down for each operator. So the
/// examples check the matcher, and the service, without the matcher's code.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Example {
    /// The row that it is an example of.
    pub row: &'static TruthRow,
    /// The operator of the clause.
    pub operator: Operator,
    /// A filter with one clause, on the key `data.v`.
    pub filter: Filter,
    /// The value of the event at that key, as JSON; `None` if it is missing.
    pub value: Option<&'static str>,
    /// Whether the event matches the filter.
    pub matches: bool,
}

impl Example {
    /// One or more examples of each cell of the truth table. Those of one operator have the same
    /// filter, but for the switch for arrays.
    pub fn all() -> Vec<Self> {
        let cells =
            TruthRow::all().iter().flat_map(|row| row.operators.iter().map(move |operator| (row, operator)));
        cells.flat_map(|(row, operator)| of_cell(row, *operator)).collect()
    }

    /// The event: a `CloudEvent` with this id.
    ///
    /// ```
    /// use eventgrid_filters::Example;
    ///
    /// for example in Example::all() {
    ///     let filter = example.filter.compile()?;
    ///     assert_eq!(filter.matches(&example.event("1"))?, example.matches);
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn event(&self, id: &str) -> String {
        let data = self.value.map_or_else(|| "{}".to_owned(), |value| format!(r#"{{"v":{value}}}"#));
        let id = id.replace('\\', "\\\\").replace('"', "\\\"");
        format!(
            r#"{{"specversion":"1.0","id":"{id}","source":"/truth-table","type":"Filters.Example","data":{data}}}"#
        )
    }
}

fn of_cell(row: &'static TruthRow, operator: Operator) -> Vec<Example> {
    let samples = Samples::of(operator);
    let filter = Filter::new()
        .arrays(row.value == ValueKind::ArrayLookedInto)
        .clause(Clause::new("data.v", samples.condition));
    let example = |value, matches| Example { row, operator, filter: filter.clone(), value, matches };
    let found = !operator.is_negated();
    match row.outcome {
        Outcome::Compared | Outcome::ComparedAsText => {
            let (hits, misses) = match row.value {
                ValueKind::Boolean => (samples.booleans.0, samples.booleans.1),
                ValueKind::Number => (samples.numbers.0, samples.numbers.1),
                _ => (samples.strings.0, samples.strings.1),
            };
            let hits = hits.iter().map(|hit| example(Some(*hit), found));
            hits.chain(misses.iter().map(|miss| example(Some(*miss), !found))).collect()
        }
        Outcome::ElementsCompared => {
            let hits = samples.arrays.0.iter().map(|hit| example(Some(*hit), found));
            let misses = samples.arrays.1.iter().chain(&["[]", "[null]", r#"[{"v":5}]"#, "[[5]]"]);
            hits.chain(misses.map(|miss| example(Some(*miss), !found))).collect()
        }
        Outcome::Matches => values(row.value).iter().map(|value| example(*value, true)).collect(),
        Outcome::DoesNotMatch => values(row.value).iter().map(|value| example(*value, false)).collect(),
    }
}

/// Values of a kind, such that an operator would find what it looks for if it could.
fn values(kind: ValueKind) -> &'static [Option<&'static str>] {
    match kind {
        ValueKind::Missing => &[None],
        ValueKind::Null => &[Some("null")],
        ValueKind::Boolean => &[Some("true"), Some("false")],
        ValueKind::Number => &[Some("5"), Some("1"), Some("0")],
        ValueKind::String => &[Some(r#""5""#), Some(r#""true""#), Some(r#""""#)],
        ValueKind::Object => &[Some("{}"), Some(r#"{"v":5}"#)],
        ValueKind::Array | ValueKind::ArrayLookedInto => &[Some("[]"), Some("[5]"), Some(r#"["5"]"#)],
    }
}

/// Values in which the operator without `Not` finds its operands, and values in which it does not.
type Pair = (&'static [&'static str], &'static [&'static str]);

struct Samples {
    condition: Condition,
    booleans: Pair,
    numbers: Pair,
    strings: Pair,
    arrays: Pair,
}

impl Samples {
    fn of(operator: Operator) -> Self {
        let strings = |values: [&str; 3]| values.map(str::to_owned).to_vec();
        let within = || strings(["5", "Tos", "ru"]);
        let begins = || strings(["5", "Con", "tr"]);
        let ends = || strings(["5", "Oso", "ue"]);
        let whole = || strings(["5", "Contoso", "true"]);
        match operator {
            Operator::NumberIn => Self::numbers(Condition::NumberIn(vec![5.0, 1.0]), IN),
            Operator::NumberNotIn => Self::numbers(Condition::NumberNotIn(vec![5.0, 1.0]), IN),
            Operator::NumberLessThan => {
                Self::numbers(Condition::NumberLessThan(5.0), (&["4.9", "-6", "4e0"], &["5", "5.0", "6"]))
            }
            Operator::NumberGreaterThan => {
                Self::numbers(Condition::NumberGreaterThan(5.0), (&["5.1", "6", "1e9"], &["5", "4", "-6"]))
            }
            Operator::NumberLessThanOrEquals => Self::numbers(
                Condition::NumberLessThanOrEquals(5.0),
                (&["5", "5.0", "-6"], &["5.1", "6", "1e9"]),
            ),
            Operator::NumberGreaterThanOrEquals => Self::numbers(
                Condition::NumberGreaterThanOrEquals(5.0),
                (&["5", "5.0", "6"], &["4.9", "-6", "0"]),
            ),
            Operator::NumberInRange => Self::numbers(Condition::NumberInRange(RANGES.to_vec()), IN_RANGE),
            Operator::NumberNotInRange => {
                Self::numbers(Condition::NumberNotInRange(RANGES.to_vec()), IN_RANGE)
            }
            Operator::BoolEquals => Self {
                condition: Condition::BoolEquals(true),
                booleans: (&["true"], &["false"]),
                arrays: (&["[false,true]", r#"["a",true]"#], &["[false]", r#"["true",1]"#]),
                ..Self::any(Condition::IsNotNull)
            },
            Operator::StringContains => Self::strings(Condition::StringContains(within()), WITHIN),
            Operator::StringNotContains => Self::strings(Condition::StringNotContains(within()), WITHIN),
            Operator::StringBeginsWith => Self::strings(Condition::StringBeginsWith(begins()), BEGINS),
            Operator::StringNotBeginsWith => Self::strings(Condition::StringNotBeginsWith(begins()), BEGINS),
            Operator::StringEndsWith => Self::strings(Condition::StringEndsWith(ends()), ENDS),
            Operator::StringNotEndsWith => Self::strings(Condition::StringNotEndsWith(ends()), ENDS),
            Operator::StringIn => Self::strings(Condition::StringIn(whole()), WHOLE),
            Operator::StringNotIn => Self::strings(Condition::StringNotIn(whole()), WHOLE),
            Operator::IsNullOrUndefined => Self::any(Condition::IsNullOrUndefined),
            Operator::IsNotNull => Self::any(Condition::IsNotNull),
        }
    }

    /// Those of an operator that compares no value.
    fn any(condition: Condition) -> Self {
        let none: Pair = (&[], &[]);
        Self { condition, booleans: none, numbers: none, strings: none, arrays: none }
    }

    fn numbers(condition: Condition, numbers: Pair) -> Self {
        // An element that is found, and elements that are not or are of another type.
        let arrays: Pair = match condition.operator() {
            Operator::NumberGreaterThan => (&["[1,6]", r#"["a",6]"#], &["[1]", r#"["6",true]"#]),
            Operator::NumberLessThan => (&["[9,4]", r#"["a",4]"#], &["[9]", r#"["4",false]"#]),
            Operator::NumberLessThanOrEquals => (&["[9,5]", r#"["a",5]"#], &["[9]", r#"["5",true]"#]),
            _ => (&["[0,5]", r#"["a",5]"#], &["[0]", r#"["5",true]"#]),
        };
        Self { numbers, arrays, ..Self::any(condition) }
    }

    fn strings(condition: Condition, [strings, numbers]: [Pair; 2]) -> Self {
        let arrays: Pair = (&[r#"["azure","contoso"]"#, r#"[1,"CONTOSO"]"#], &[r#"["azure"]"#, "[5,true]"]);
        Self { strings, numbers, booleans: (&["true"], &["false"]), arrays, ..Self::any(condition) }
    }
}

const RANGES: [[f64; 2]; 2] = [[1.0, 2.5], [5.0, 7.0]];
const IN: Pair = (&["5", "1", "5.0", "0.5e1"], &["0", "-5", "5.0001", "51"]);
const IN_RANGE: Pair = (&["1", "2.5", "5", "6.99", "7"], &["0.99", "2.51", "4", "7.01", "-6"]);
const WITHIN: [Pair; 2] = [
    (&[r#""Contoso""#, r#""CONTOSO""#, r#""a5""#], &[r#""azure""#, r#""""#]),
    (&["151", "1.5"], &["7", "-1e4"]),
];
const BEGINS: [Pair; 2] = [
    (&[r#""Contoso""#, r#""contoso""#, r#""5a""#], &[r#""a Con""#, r#""Co""#, r#""""#]),
    (&["51", "5.1"], &["15", "-5"]),
];
const ENDS: [Pair; 2] = [
    (&[r#""Contoso""#, r#""CONTOSO""#, r#""a5""#], &[r#""Oso a""#, r#""so""#, r#""""#]),
    (&["15", "-5"], &["51", "5e1"]),
];
const WHOLE: [Pair; 2] = [
    (&[r#""Contoso""#, r#""CONTOSO""#, r#""5""#], &[r#""Contoso ""#, r#""Cont""#, r#""""#]),
    (&["5"], &["5.0", "51"]),
];
