//! The printed table.

use std::fmt;

/// What was seen of one client in one way.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) client: &'static str,
    pub(crate) case: String,
    pub(crate) seen: String,
    /// What it has to be, if it is not.
    pub(crate) instead_of: Option<String>,
}

impl Row {
    pub(crate) fn new(client: &'static str, case: impl Into<String>, seen: impl Into<String>) -> Self {
        Self { client, case: case.into(), seen: seen.into(), instead_of: None }
    }

    /// The row, which is wrong unless `is_right`.
    pub(crate) fn must(mut self, be: impl Into<String>, is_right: bool) -> Self {
        self.instead_of = Some(be.into()).filter(|_| !is_right).or(self.instead_of);
        self
    }
}

pub(crate) struct Table(Vec<Row>);

impl Table {
    pub(crate) fn new(rows: impl IntoIterator<Item = Row>) -> Self {
        Self(rows.into_iter().collect())
    }

    /// Whether each row is what it has to be.
    pub(crate) fn is_right(&self) -> bool {
        self.0.iter().all(|row| row.instead_of.is_none())
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = |text: fn(&Row) -> &str| self.0.iter().map(|row| text(row).len()).max().unwrap_or(0);
        let (clients, cases) = (width(|row| row.client), width(|row| &row.case));
        for Row { client, case, seen, instead_of } in &self.0 {
            write!(f, "{client:clients$}  {case:cases$}  {seen}")?;
            match instead_of {
                Some(expected) => writeln!(f, "  WRONG: it must be {expected}")?,
                None => writeln!(f)?,
            }
        }
        let wrong = self.0.iter().filter(|row| row.instead_of.is_some()).count();
        writeln!(f, "{} rows, {wrong} wrong", self.0.len())
    }
}
