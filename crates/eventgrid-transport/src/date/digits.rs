//! Text with digits in known places.

/// Whether the text has a digit for each `0` of `shape`, a letter for each `A`, a `T` in either
/// case for each `t`, and is the same as `shape` everywhere else.
pub(super) fn has_shape(text: &[u8], shape: &[u8]) -> bool {
    text.len() == shape.len()
        && text.iter().zip(shape).all(|(byte, shape)| match shape {
            b'0' => byte.is_ascii_digit(),
            b'A' => byte.is_ascii_alphabetic(),
            b't' => byte.eq_ignore_ascii_case(shape),
            _ => byte == shape,
        })
}

/// The number that the two digits at `at` form; 0 if the text ends before them.
pub(super) fn number(text: &[u8], at: usize) -> i32 {
    match text.get(at..) {
        Some([tens, ones, ..]) => i32::from(*tens) * 10 + i32::from(*ones) - i32::from(b'0') * 11,
        _ => 0,
    }
}
