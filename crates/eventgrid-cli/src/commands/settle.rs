//! `egrid ack`, `release`, `reject` and `renew`.

use std::io::{self, IsTerminal as _, Write};
use std::time::Duration;

use eventgrid::SettleAction;
use eventgrid::blocking::Consumer;
use serde::{Deserialize, Serialize};

use crate::arguments::SettleArguments;
use crate::connection::{BlockingConsumer, Connection};
use crate::events::{Input, InputForm, InputPosition, InputSource, NextInput};
use crate::failure::{Failure, FailureKind};
use crate::interruption::Interruption;
use crate::output::{OutputFormat, Record, RecordWriter, cannot_write};

/// How many tokens go into one call.
const TOGETHER: usize = 100;

/// How long to wait for tokens before looking again whether the program was interrupted.
const PATIENCE: Duration = Duration::from_millis(100);

/// Does that to the events of the tokens. Those that failed are printed.
pub(super) fn run(
    action: SettleAction,
    done: &str,
    arguments: &SettleArguments,
    format: OutputFormat,
) -> Result<(), Failure> {
    let connection = Connection::new(&arguments.connection)?;
    let subscription = connection.subscription(&arguments.subscription)?;
    let interruption = Interruption::watch()?;
    let consumer = Consumer::new(connection.client(&interruption)?, subscription);
    let mut out = RecordWriter::new(format, io::stdout().lock());
    let mut counts = Counts::default();
    let result = if arguments.tokens.is_empty() {
        settle_stdin(&consumer, action, &interruption, &mut counts, &mut out)
    } else {
        settle(&consumer, action, &arguments.tokens, &mut counts, &mut out)
    };
    out.finish().map_err(|error| cannot_write(&error))?;
    message!("{done} {} of {}", counts.succeeded, counts.succeeded + counts.failed);
    result?;
    if counts.failed == 0 {
        return Ok(());
    }
    let message = match counts.failed {
        1 => "1 lock token was not accepted".to_owned(),
        failed => format!("{failed} lock tokens were not accepted"),
    };
    Err(Failure::new(FailureKind::Partial, message)
        .advice("the events of tokens whose lock has ended are delivered again, with other tokens"))
}

#[derive(Default)]
struct Counts {
    succeeded: usize,
    failed: usize,
}

fn settle_stdin(
    consumer: &BlockingConsumer,
    action: SettleAction,
    interruption: &Interruption,
    counts: &mut Counts,
    out: &mut RecordWriter<impl Write>,
) -> Result<(), Failure> {
    if io::stdin().is_terminal() {
        return Err(Failure::usage("no lock token is given")
            .advice("give tokens as arguments, or pipe the output of `egrid receive -o jsonl` into stdin"));
    }
    let mut input = Input::open(vec![InputSource::Stdin], InputForm::Text)?;
    let mut position = InputPosition::default();
    loop {
        if let Some(failure) = interruption.failure() {
            return Err(failure);
        }
        let items = match input.next(PATIENCE)? {
            NextInput::Part(items) => items,
            NextInput::Nothing => continue,
            NextInput::End => return Ok(()),
        };
        let mut tokens = Vec::new();
        let read = items.try_for_each(&mut position, |item| {
            tokens.extend(token_of(item.bytes).map_err(|failure| {
                failure
                    .advice(format!("see {}: a line is a token, or a record of `egrid receive`", item.place))
            })?);
            Ok::<(), Failure>(())
        });
        // Those before a line that is not one.
        settle(consumer, action, &tokens, counts, out)?;
        read?;
    }
}

/// The token in a line: the line itself, a JSON string as `jq` prints it, or the member `lockToken`
/// of an object. The elements of an array have lines of their own.
fn token_of(line: &[u8]) -> Result<Option<String>, Failure> {
    #[derive(Deserialize)]
    struct Locked {
        #[serde(rename = "lockToken")]
        lock_token: String,
    }
    let line = std::str::from_utf8(line)
        .map_err(|error| Failure::usage("a lock token is not text in UTF-8").caused_by(&error))?
        .trim();
    if matches!(line, "" | "[" | "]" | "[]") {
        return Ok(None);
    }
    let element = line.trim_end_matches(',');
    if line.starts_with('"') {
        let token = serde_json::from_str(element)
            .map_err(|error| Failure::usage("a lock token is not a JSON string").caused_by(&error))?;
        return Ok(Some(token));
    }
    if !line.starts_with('{') {
        return Ok(Some(line.to_owned()));
    }
    let locked: Locked = serde_json::from_str(element)
        .map_err(|error| Failure::usage("an object has no lock token").caused_by(&error))?;
    Ok(Some(locked.lock_token))
}

fn settle(
    consumer: &BlockingConsumer,
    action: SettleAction,
    tokens: &[String],
    counts: &mut Counts,
    out: &mut RecordWriter<impl Write>,
) -> Result<(), Failure> {
    for tokens in tokens.chunks(TOGETHER) {
        let settlement = consumer.settle(action, tokens)?;
        counts.succeeded += settlement.succeeded().count();
        for failed in settlement.failed() {
            counts.failed += 1;
            let record = FailedToken {
                lock_token: failed.lock_token().to_string(),
                code: failed.code().to_string(),
                message: failed.message().to_string(),
            };
            out.write(&record).map_err(|error| cannot_write(&error))?;
        }
    }
    Ok(())
}

/// A token that failed, and why.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct FailedToken {
    lock_token: String,
    code: String,
    message: String,
}

impl Record for FailedToken {
    const COLUMNS: &'static [&'static str] = &["CODE", "MESSAGE", "LOCK TOKEN"];

    fn cells(&self) -> Vec<String> {
        vec![self.code.clone(), self.message.clone(), self.lock_token.clone()]
    }

    fn write_raw(&self, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(self.lock_token.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_one_token_or_none() {
        let token = |line: &str| token_of(line.as_bytes()).unwrap();
        for line in ["", " ", "[", "]", "[]"] {
            assert_eq!(token(line), None, "{line}");
        }
        for line in [
            "abc=",
            " abc=\r",
            r#""abc=""#,
            r#"  "abc=","#,
            r#"{"lockToken":"abc=","event":{}}"#,
            r#"{"lockToken":"abc="},"#,
        ] {
            assert_eq!(token(line).as_deref(), Some("abc="), "{line}");
        }
        for line in [r#"{"event":{}}"#, "{", r#"{"lockToken":5}"#, "\"abc", "\"a\" \"b\""] {
            assert!(token_of(line.as_bytes()).is_err(), "{line}");
        }
    }
}
