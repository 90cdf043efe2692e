//! The tables of push delivery as Markdown.

use std::time::Duration;

use eventgrid_push::{
    DeadLetterReason, DeadLetterWords, DeliveryFact, DeliveryOutcome, DeliveryTier, FactSource,
    ResponseMeaning, ResponseRow, ResultPattern, RetrySchedule,
};
use textwrap::{Options, WordSeparator, WordSplitter, WrapAlgorithm};

/// How wide a line of text is at most.
const WIDTH: usize = 100;

const START: &str = "\
# How events are pushed

When an event is pushed, what a response means, and the other rules, each with what is known about
the service. This file is printed from the tables that `RetrySchedule::of`, `ResponseRow::all`,
`DeliveryOutcome::ALL`, `DeadLetterWords::all` and `DeliveryFact::all` return. Names of
documentation pages are those of azure-docs, with the commit or the date of the version that was
read. A number in a column `source` is that of a source below the tables.
";

/// The whole file.
pub(crate) fn delivery_tables() -> String {
    let mut sources = Sources(Vec::new());
    let tables = [
        limits(),
        schedules(&mut sources),
        responses(&mut sources),
        outcomes(&mut sources),
        reasons(&mut sources),
    ];
    let mut text = START.to_owned() + &tables.concat() + "\n## Sources\n\n";
    for (index, source) in sources.0.iter().enumerate() {
        text += &wrapped(&format!("{}. ", index + 1), &source.to_string());
    }
    text += "\n## Rules\n";
    text + &DeliveryFact::all().iter().map(rule).collect::<String>()
}

fn limits() -> String {
    let mut text = head("Limits", "", ["tier", "attempts", "time to live", "response within"]);
    for tier in DeliveryTier::ALL {
        let attempts = format!("1 to {}", tier.most_attempts());
        let time_to_live = format!("1 min to {}", time(tier.longest_time_to_live()));
        text += &line(&[tier.to_string(), attempts, time_to_live, time(tier.response_timeout())]);
    }
    text
}

fn schedules(sources: &mut Sources) -> String {
    let about = "Attempts are planned at these times, counted from the first one, each with some jitter.\n\n";
    let columns = ["tier", "attempts at", "then every", "source", "jitter at most", "source"];
    let mut text = head("Schedules", about, columns);
    for tier in DeliveryTier::ALL {
        let schedule = RetrySchedule::of(tier);
        let offsets: Vec<_> = schedule.offsets.iter().copied().map(time).collect();
        let (share, most) = (schedule.jitter.thousandths / 10, time(schedule.jitter.most));
        text += &line(&[
            tier.to_string(),
            offsets.join(", "),
            time(schedule.then_every),
            sources.number(schedule.source),
            format!("{share} % of the wait, {most}"),
            sources.number(schedule.jitter.source),
        ]);
    }
    text
}

fn responses(sources: &mut Sources) -> String {
    let about = "If a result is in several rows, the first counts.\n\n";
    let mut text = head("Responses", about, ["tier", "result", "meaning", "outcome", "source"]);
    for row in ResponseRow::all() {
        let meaning = match row.meaning {
            ResponseMeaning::Delivered => "delivered".to_owned(),
            ResponseMeaning::NotRetried => "not retried".to_owned(),
            ResponseMeaning::Retried { least_wait: Duration::ZERO } => "retried".to_owned(),
            ResponseMeaning::Retried { least_wait } => format!("retried after {} or more", time(least_wait)),
            other => panic!("{other:?} needs words"),
        };
        let outcome = row.outcome.map_or_else(String::new, |outcome| format!("`{outcome}`"));
        let source = sources.number(row.source);
        text += &line(&[row.tier.to_string(), result(row.results), meaning, outcome, source]);
    }
    text
}

fn outcomes(sources: &mut Sources) -> String {
    let about =
        "The names of outcomes in dead letters, and how long an endpoint is on probation after each.\n\n";
    let mut text = head("Outcomes", about, ["outcome", "probation", "source"]);
    for outcome in DeliveryOutcome::ALL {
        let probation = outcome.probation().map_or_else(|| "none".to_owned(), time);
        text += &line(&[format!("`{outcome}`"), probation, sources.number(outcome.source())]);
    }
    text
}

fn reasons(sources: &mut Sources) -> String {
    let about = "If several rows fit, the first counts.\n\n";
    let columns = ["tier", "reason", "outcome", "words", "source"];
    let mut text = head("Reasons of dead letters", about, columns);
    for row in DeadLetterWords::all() {
        let reason = match row.reason {
            DeadLetterReason::MaxDeliveryAttemptsExceeded => "all attempts failed",
            DeadLetterReason::TimeToLiveExceeded => "too old",
            DeadLetterReason::Undeliverable => "not retried",
            other => panic!("{other:?} needs words"),
        };
        let outcome = row.outcome.map_or_else(|| "any".to_owned(), |outcome| format!("`{outcome}`"));
        let words = format!("`{}`", row.words);
        text += &line(&[row.tier.to_string(), reason.to_owned(), outcome, words, sources.number(row.source)]);
    }
    text
}

fn rule(fact: &DeliveryFact) -> String {
    let text = format!("\n### `{}`\n\n{}\n", fact.id, wrapped("", fact.case));
    text + &wrapped("- ", fact.what) + &wrapped("- source: ", &fact.source.to_string())
}

/// The beginning of a section with a table.
fn head<const N: usize>(title: &str, about: &str, columns: [&str; N]) -> String {
    let names = line(&columns.map(str::to_owned));
    format!("\n## {title}\n\n{about}{names}{}", line(&columns.map(|_| "---".to_owned())))
}

/// A line of a table.
fn line<const N: usize>(cells: &[String; N]) -> String {
    format!("| {} |\n", cells.join(" | "))
}

/// Each source once, in the order of the tables.
struct Sources(Vec<FactSource>);

impl Sources {
    fn number(&mut self, source: FactSource) -> String {
        let known = self.0.iter().position(|known| *known == source);
        let index = known.unwrap_or_else(|| {
            self.0.push(source);
            self.0.len() - 1
        });
        (index + 1).to_string()
    }
}

fn result(results: ResultPattern) -> String {
    match results {
        ResultPattern::Statuses(first, last) if first == last => first.to_string(),
        ResultPattern::Statuses(first, last) => format!("{first} to {last}"),
        ResultPattern::AnyStatus => "any other status".to_owned(),
        ResultPattern::TimedOut => "no response in time".to_owned(),
        ResultPattern::SocketError => "connection failed".to_owned(),
        ResultPattern::ResolutionError => "name not resolved".to_owned(),
        other => panic!("{other:?} needs words"),
    }
}

fn time(time: Duration) -> String {
    let seconds = time.as_secs();
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3600 => format!("{} min", seconds / 60),
        3600..86_400 => format!("{} h", seconds / 3600),
        _ => format!("{} d", seconds / 86_400),
    }
}

/// In lines, the first of which begins with `start`.
fn wrapped(start: &str, text: &str) -> String {
    let indent = match start {
        "" => "",
        "- " | "- source: " => "  ",
        number => &"    "[..number.len()],
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
