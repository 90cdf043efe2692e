//! The truth table as Markdown.

use eventgrid_filters::{Operator, Outcome, TruthRow, TruthRule, TruthSource, ValueKind};
use textwrap::{Options, WordSeparator, WordSplitter, WrapAlgorithm};

/// How wide a line of text is at most.
const WIDTH: usize = 100;

const START: &str = "\
# What matches a filter

What every operator does with every kind of value, and the other rules, each with what is known
about the service. This file is printed from the tables that `TruthRow::all` and `TruthRule::all`
return. Names of documentation pages are those of azure-docs, with the date of the version that was
read.

`truth-table`, an example program of this crate, compares the first table with a namespace of your
own.

## Operators

How to read a cell:

- yes: the clause matches, whatever the value is
- no: it does not match, whatever the value is
- value: the value is compared with the operands
- text: the value's JSON text, such as `5` or `true`, is compared with the operands
- elements: each element is compared, except those of another type; operators with `Not` match if no
  element fits an operand

The number is that of the source below. An array is looked into if `enableAdvancedFilteringOnArrays`
is set.

| operator | missing | null | boolean | number | string | object | array | array, looked into |
| --- | --- | --- | --- | --- | --- | --- | --- | --- |
";

/// The whole file.
pub(crate) fn truth_table() -> String {
    let sources = sources();
    let rows: String = Operator::ALL.map(|operator| line(operator, &sources)).concat();
    let mut text = format!("{START}{rows}\n## Sources\n\n");
    for (index, source) in sources.iter().enumerate() {
        text += &wrapped(&format!("{}. ", index + 1), &source.to_string());
    }
    text += "\n## Rules\n";
    text + &TruthRule::all().iter().map(rule).collect::<String>()
}

fn rule(rule: &TruthRule) -> String {
    let text = format!("\n### `{}`\n\n{}\n", rule.id, wrapped("", rule.case));
    text + &wrapped("- ", rule.what) + &wrapped("- source: ", &rule.source.to_string())
}

/// Each source of a row once.
fn sources() -> Vec<TruthSource> {
    let mut sources = Vec::new();
    for row in TruthRow::all() {
        if !sources.contains(&row.source) {
            sources.push(row.source);
        }
    }
    sources
}

fn line(operator: Operator, sources: &[TruthSource]) -> String {
    let cells = ValueKind::ALL.map(|kind| {
        let is_it = |row: &&TruthRow| row.value == kind && row.operators.contains(&operator);
        let row = TruthRow::all().iter().find(is_it).expect("every cell has a row");
        let source = sources.iter().position(|source| *source == row.source).expect("all sources");
        format!(" {} {} |", word(row.outcome), source + 1)
    });
    format!("| `{operator}` |{}\n", cells.concat())
}

fn word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Matches => "yes",
        Outcome::DoesNotMatch => "no",
        Outcome::Compared => "value",
        Outcome::ComparedAsText => "text",
        Outcome::ElementsCompared => "elements",
        other => panic!("{other:?} needs a word"),
    }
}

/// In lines, the first of which begins with `start`.
fn wrapped(start: &str, text: &str) -> String {
    let indent = match start {
        "" => "",
        "- " | "- source: " => "  ",
        _ => "   ",
    };
    let options = Options::new(WIDTH)
        .initial_indent(start)
        .subsequent_indent(indent)
        .break_words(false)
        .word_separator(WordSeparator::AsciiSpace)
        .word_splitter(WordSplitter::NoHyphenation)
        .wrap_algorithm(WrapAlgorithm::FirstFit);
    textwrap::fill(text, options) + "\n"
}
