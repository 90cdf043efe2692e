//! `egrid filter`.

use std::io::{self, Write};

use serde::Serialize;

use crate::arguments::{FilterCommand, FilterExplain};
use crate::events::{InputForm, InputItem, InputParts, InputPosition, InputSource, event_in_record};
use crate::failure::Failure;
use crate::filters::filter_of;
use crate::output::{OutputFormat, Record, RecordWriter, cannot_write};

/// Does what was asked for.
pub(super) fn run(command: &FilterCommand, format: OutputFormat) -> Result<(), Failure> {
    let FilterCommand::Explain(arguments) = command;
    explain(arguments, format)
}

fn explain(arguments: &FilterExplain, format: OutputFormat) -> Result<(), Failure> {
    let filter = filter_of(&arguments.filter)?.ok_or_else(|| {
        Failure::usage("no filter is given").advice("give one by --filter, --type or --where")
    })?;
    let filter = filter
        .compile()
        .map_err(|error| Failure::usage("the service would refuse the filter").caused_by(&error))?;
    let mut sources: Vec<_> = arguments
        .files
        .iter()
        .map(
            |file| {
                if file.as_os_str() == "-" { InputSource::Stdin } else { InputSource::File(file.clone()) }
            },
        )
        .collect();
    if sources.is_empty() {
        sources.push(InputSource::Stdin);
    }
    let form = InputForm::Json { arrays_are_lists: true };
    let mut parts = InputParts::new(sources, form);
    let mut out = RecordWriter::new(format, io::stdout().lock());
    let (mut faults, mut position) = (0, InputPosition::default());
    while let Some(items) = parts.next_part(Vec::new())? {
        items.try_for_each(&mut position, |item| {
            match item.text().map(|text| filter.explain(event_in_record(text))) {
                Ok(Ok(explanation)) => {
                    let explained = Explained::new(&item, explanation.matches(), explanation.to_string());
                    return out.write(&explained).map_err(|error| cannot_write(&error));
                }
                Ok(Err(error)) => message!("{}: {error}", item.place),
                Err(error) => message!("{}: {error}", item.place),
            }
            faults += 1;
            Ok(())
        })?;
    }
    out.finish().map_err(|error| cannot_write(&error))?;
    if faults > 0 {
        return Err(Failure::usage("a part of the input is not events"));
    }
    Ok(())
}

/// An event, and what a filter makes of it.
#[derive(Debug, Serialize)]
struct Explained {
    event: String,
    matches: bool,
    explanation: String,
}

impl Explained {
    fn new(item: &InputItem<'_>, matches: bool, explanation: String) -> Self {
        Self { event: item.place.to_string(), matches, explanation }
    }
}

impl Record for Explained {
    const COLUMNS: &'static [&'static str] = &["EVENT", "MATCHES", "EXPLANATION"];

    fn cells(&self) -> Vec<String> {
        let matches = if self.matches { "yes" } else { "no" };
        vec![self.event.clone(), matches.to_owned(), self.explanation.clone()]
    }

    fn write_raw(&self, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(self.explanation.as_bytes())
    }
}
