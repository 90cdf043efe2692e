//! Rows of the emulator's data directory. Input: any bytes.

/// Runs the check: as whatever row the bytes are read, they are that row as it is written.
///
/// # Panics
/// If the check fails.
pub fn check(input: &[u8]) {
    for row in eventgrid_emulator::rows_written_again(input) {
        assert_eq!(row, input);
    }
}
