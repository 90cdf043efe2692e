//! The facts as Markdown.

use eventgrid_emulator::{Area, Emulator, Fact};
use textwrap::{Options, WordSeparator, WordSplitter, WrapAlgorithm};

/// How wide a line is at most.
const WIDTH: usize = 100;

const START: &str = "\
# Facts

What the emulator does where the service's behavior is not known, where the emulator differs from
it, or where a test may want something else. `EmulatorBuilder::limits` chooses between strict
limits, the default, and relaxed ones. This file is printed from the table that `Emulator::facts`
returns. Names of documentation pages are those of azure-docs, with the date of the version that was
read.
";

/// The whole file.
pub(crate) fn facts() -> String {
    let areas = [Area::Events, Area::Namespaces, Area::Mqtt, Area::Basic, Area::DeadLetters, Area::Http];
    let section = |area: Area| {
        let facts: String = Emulator::facts().filter(|fact| fact.area == area).map(fact).collect();
        format!("\n## {area}\n{facts}")
    };
    START.to_owned() + &areas.map(section).concat()
}

fn fact(fact: &Fact) -> String {
    let mut text = format!("\n### `{}`\n\n{}\n", fact.id, wrapped("", fact.case));
    if fact.strict == fact.relaxed {
        text += &wrapped("- ", fact.strict);
    } else {
        text += &wrapped("- strict: ", fact.strict);
        text += &wrapped("- relaxed: ", fact.relaxed);
    }
    text + &wrapped("- source: ", &fact.source.to_string())
}

/// In lines, the first of which begins with `start`.
fn wrapped(start: &str, text: &str) -> String {
    let indent = if start.is_empty() { "" } else { "  " };
    let options = Options::new(WIDTH)
        .initial_indent(start)
        .subsequent_indent(indent)
        .break_words(false)
        .word_separator(WordSeparator::AsciiSpace)
        .word_splitter(WordSplitter::NoHyphenation)
        .wrap_algorithm(WrapAlgorithm::FirstFit);
    textwrap::fill(text, options) + "\n"
}
