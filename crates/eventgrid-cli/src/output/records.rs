//! Records, written one after the other.

use std::io::{self, Write};

use serde::Serialize;

use super::OutputFormat;
use super::table::Table;

/// What a command prints one or many of. As JSON it is what serde writes.
pub(crate) trait Record: Serialize {
    /// The headings of its columns in a table.
    const COLUMNS: &'static [&'static str];

    /// Its cells, one for each column.
    fn cells(&self) -> Vec<String>;

    /// Writes what it is about and nothing else, without a line break at its end.
    ///
    /// # Errors
    /// That of the writer.
    fn write_raw(&self, out: &mut dyn Write) -> io::Result<()>;
}

/// Writes records in one form.
#[derive(Debug)]
pub(crate) struct RecordWriter<W> {
    format: OutputFormat,
    out: W,
    table: Table,
    written: usize,
}

impl<W: Write> RecordWriter<W> {
    /// A writer of that form.
    pub(crate) fn new(format: OutputFormat, out: W) -> Self {
        Self { format, out, table: Table::default(), written: 0 }
    }

    /// Writes a record. A table keeps it until [`flush`](Self::flush), so that its columns line up.
    ///
    /// # Errors
    /// That of the writer.
    pub(crate) fn write<R: Record>(&mut self, record: &R) -> io::Result<()> {
        match self.format {
            OutputFormat::Json => {
                self.out.write_all(if self.written == 0 { b"[\n" } else { b",\n" })?;
                serde_json::to_writer(&mut self.out, record)?;
            }
            OutputFormat::Jsonl => {
                serde_json::to_writer(&mut self.out, record)?;
                self.out.write_all(b"\n")?;
            }
            OutputFormat::Table => self.table.push(R::COLUMNS, record.cells()),
            OutputFormat::Raw => {
                record.write_raw(&mut self.out)?;
                self.out.write_all(b"\n")?;
            }
        }
        self.written += 1;
        Ok(())
    }

    /// Shows what was written so far.
    ///
    /// # Errors
    /// That of the writer.
    pub(crate) fn flush(&mut self) -> io::Result<()> {
        self.table.print(&mut self.out)?;
        self.out.flush()
    }

    /// Ends the output: no record follows.
    ///
    /// # Errors
    /// That of the writer.
    pub(crate) fn finish(mut self) -> io::Result<()> {
        self.end()
    }

    /// The same where the writer is shared.
    ///
    /// # Errors
    /// That of the writer.
    pub(crate) fn end(&mut self) -> io::Result<()> {
        if self.format == OutputFormat::Json {
            self.out.write_all(if self.written == 0 { b"[]\n" } else { b"\n]\n" })?;
        }
        self.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Serialize)]
    struct City {
        name: &'static str,
        people: u32,
    }

    impl Record for City {
        const COLUMNS: &'static [&'static str] = &["NAME", "PEOPLE"];

        fn cells(&self) -> Vec<String> {
            vec![self.name.to_owned(), self.people.to_string()]
        }

        fn write_raw(&self, out: &mut dyn Write) -> io::Result<()> {
            out.write_all(self.name.as_bytes())
        }
    }

    fn written(format: OutputFormat, cities: &[City]) -> String {
        let mut out = Vec::new();
        let mut writer = RecordWriter::new(format, &mut out);
        for city in cities {
            writer.write(city).unwrap();
        }
        writer.finish().unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn each_form_has_every_record() {
        let cities = [City { name: "Ulm", people: 128 }, City { name: "Rom\u{1b}[2J", people: 3 }];
        assert_eq!(
            written(OutputFormat::Jsonl, &cities),
            "{\"name\":\"Ulm\",\"people\":128}\n{\"name\":\"Rom\\u001b[2J\",\"people\":3}\n"
        );
        let array: Vec<serde_json::Value> =
            serde_json::from_str(&written(OutputFormat::Json, &cities)).unwrap();
        assert_eq!(array.len(), 2);
        assert_eq!(written(OutputFormat::Table, &cities), "NAME      PEOPLE\nUlm       128\nRom [2J   3\n");
        assert_eq!(written(OutputFormat::Raw, &cities[..1]), "Ulm\n");
    }

    #[test]
    fn no_record_is_an_empty_array_and_otherwise_no_output() {
        assert_eq!(written(OutputFormat::Json, &[]), "[]\n");
        for format in [OutputFormat::Jsonl, OutputFormat::Table, OutputFormat::Raw] {
            assert_eq!(written(format, &[]), "");
        }
    }
}
