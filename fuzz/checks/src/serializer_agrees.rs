//! Our serializer against `serde_json`, byte for byte, for any value that `serde` can describe.
//! Input: a [`Tree`].
//!
//! Floating point numbers are also read back, since both serializers may format them with the same
//! crate.

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
    let theirs = serde_json::to_string(&tree);
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
