//! Tables whose columns line up.

use std::io::{self, Write};

use crate::failure::one_line;

/// Rows that are printed together. A column that was wide once stays so, so that the rows of a
/// stream line up as well as they can.
#[derive(Debug, Default)]
pub(crate) struct Table {
    widths: Vec<usize>,
    rows: Vec<Vec<String>>,
}

/// The longest cell but for the last one of a row, in characters.
const LONGEST_CELL: usize = 60;

/// What stands between columns, in characters.
const GAP: usize = 3;

impl Table {
    /// Adds a row; before the first one, the headings.
    pub(crate) fn push(&mut self, headings: &[&str], cells: Vec<String>) {
        if self.widths.is_empty() {
            self.widths = vec![0; headings.len()];
            self.add(headings.iter().map(|heading| (*heading).to_owned()).collect());
        }
        self.add(cells);
    }

    fn add(&mut self, mut cells: Vec<String>) {
        let last = cells.len().saturating_sub(1);
        for (column, cell) in cells.iter_mut().enumerate() {
            *cell = one_line(cell);
            if column < last {
                *cell = shortened(cell, LONGEST_CELL);
                let width = &mut self.widths[column];
                *width = (*width).max(cell.chars().count());
            }
        }
        self.rows.push(cells);
    }

    /// Prints the rows that were added since the last time.
    ///
    /// # Errors
    /// That of the writer.
    pub(crate) fn print(&mut self, out: &mut impl Write) -> io::Result<()> {
        for row in self.rows.drain(..) {
            let mut line = String::new();
            for (cell, width) in row.iter().zip(&self.widths) {
                line.push_str(cell);
                let missing = width.saturating_sub(cell.chars().count()) + GAP;
                line.extend(std::iter::repeat_n(' ', missing));
            }
            writeln!(out, "{}", line.trim_end())?;
        }
        Ok(())
    }
}

/// A text of at most so many characters; `…` stands for what is left out.
pub(crate) fn shortened(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(most.saturating_sub(1)).collect();
    short.push('…');
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_cell_is_cut_unless_it_is_the_last_one() {
        let mut table = Table::default();
        table.push(&["A", "B"], vec!["x".repeat(100), "y".repeat(100)]);
        let mut out = Vec::new();
        table.print(&mut out).unwrap();
        let out = String::from_utf8(out).unwrap();
        assert!(out.contains(&format!("{}…   {}", "x".repeat(59), "y".repeat(100))), "{out}");
    }
}
