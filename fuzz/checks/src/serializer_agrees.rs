//! Our serializer against `serde_json`, byte for byte, for any value that `serde` can describe. Input: a [`Tree`].
//!
//! Only the notation of floating point numbers may differ, so the oracle is told ours, and the numbers themselves are
//! compared by reading them back.

use arbitrary::{Arbitrary, Unstructured};
use eventgrid::Buf;
use eventgrid::json::{JsonWriter, WriteError, WriteJson};
use serde::Serialize;

use crate::tree::Tree;

/// Runs the check.
///
/// # Panics
/// If they disagree.
pub fn check(input: &[u8]) {
    let mut input = Unstructured::new(input);
    let Ok(tree) = Tree::arbitrary(&mut input) else { return };
    let ours = written(&tree);
    let theirs = by_serde_json(&tree);
    assert_eq!(ours.as_ref().ok(), theirs.as_ref().ok(), "{tree:?}: {ours:?}, {theirs:?}");
    tree.floats(&mut |float| {
        let text = written(&float).unwrap();
        assert!(text.parse().is_ok_and(|read: f64| read.to_bits() == float.to_bits()), "{text}");
    });
    if let Ok(text) = ours {
        let missing = 1 + usize::from(u8::arbitrary(&mut input).unwrap_or_default()) % text.len();
        let mut storage = vec![0; text.len() - missing];
        let result = tree.write_json(&mut JsonWriter::new(&mut Buf::new(&mut storage)));
        assert_eq!(result, Err(WriteError::Full), "{missing} bytes too few for {text}");
    }
}

/// What we write of a value, once it was counted.
pub(crate) fn written<T: Serialize + ?Sized>(value: &T) -> Result<String, WriteError> {
    let mut counting = Buf::counting();
    value.write_json(&mut JsonWriter::new(&mut counting))?;
    let mut storage = vec![0; counting.len()];
    let mut buf = Buf::new(&mut storage);
    value.write_json(&mut JsonWriter::new(&mut buf))?;
    assert_eq!(buf.len(), counting.len(), "counting tells the length");
    Ok(String::from_utf8(storage).unwrap())
}

fn by_serde_json(tree: &Tree) -> serde_json::Result<String> {
    let mut text = Vec::new();
    tree.serialize(&mut serde_json::Serializer::with_formatter(&mut text, OurFloats))?;
    Ok(String::from_utf8(text).unwrap())
}

/// Floating point numbers in our notation.
struct OurFloats;

impl serde_json::ser::Formatter for OurFloats {
    fn write_f32<W: std::io::Write + ?Sized>(&mut self, writer: &mut W, value: f32) -> std::io::Result<()> {
        write!(writer, "{value:?}")
    }

    fn write_f64<W: std::io::Write + ?Sized>(&mut self, writer: &mut W, value: f64) -> std::io::Result<()> {
        write!(writer, "{value:?}")
    }
}
