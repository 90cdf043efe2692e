//! The truth table by operator and kind of value, made when this crate is compiled.

use super::{Outcome, TruthRow, ValueKind};
use crate::filter::Operator;

const OPERATORS: usize = Operator::ALL.len();
const KINDS: usize = ValueKind::ALL.len();

/// That a cell is missing or there twice is an error of the compiler.
const CELLS: [[Outcome; KINDS]; OPERATORS] = cells();

/// What an operator does with a kind of value.
pub(crate) fn outcome(operator: Operator, value: ValueKind) -> Outcome {
    CELLS[operator as usize][value as usize]
}

const fn cells() -> [[Outcome; KINDS]; OPERATORS] {
    let rows = TruthRow::all();
    let mut cells = [[Outcome::Matches; KINDS]; OPERATORS];
    let mut is_there = [[false; KINDS]; OPERATORS];
    let mut count = 0;
    let mut index = 0;
    while index < rows.len() {
        let row = rows[index];
        let mut of_row = 0;
        while of_row < row.operators.len() {
            let operator = row.operators[of_row] as usize;
            let value = row.value as usize;
            assert!(!is_there[operator][value], "an operator has two rows for one kind of value");
            is_there[operator][value] = true;
            cells[operator][value] = row.outcome;
            count += 1;
            of_row += 1;
        }
        index += 1;
    }
    assert!(count == OPERATORS * KINDS, "an operator has no row for a kind of value");
    cells
}
