//! The reader against `serde_json`: the same texts are accepted, and the same values are read from
//! them.

use crate::json_documents::{document, mutation};
use crate::json_oracle::{compare, in_parts, same_text, whole};
use eventgrid::json::{JsonErrorKind, Reader};
use proptest::collection::vec;
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn valid_documents_are_read(document in document()) {
        prop_assert!(whole(document.as_bytes()).is_ok());
        compare(document.as_bytes());
    }

    #[test]
    fn changed_documents_are_accepted_or_not_as_by_serde_json(
        document in document(),
        mutations in vec(mutation(), 1..24),
    ) {
        for mutation in &mutations {
            let mut changed = document.clone().into_bytes();
            mutation.apply(&mut changed);
            compare(&changed);
        }
        let mut changed = document.into_bytes();
        for mutation in &mutations {
            mutation.apply(&mut changed);
            compare(&changed);
        }
    }

    #[test]
    fn a_document_cut_off_anywhere_ends_unexpectedly(document in document()) {
        let text = document.trim_matches([' ', '\t', '\n', '\r']);
        prop_assume!(text.starts_with(['{', '[', '"']));
        for (end, _) in text.char_indices() {
            for cut in [whole(&text.as_bytes()[..end]).map(drop), in_parts(&text.as_bytes()[..end]).map(drop)] {
                let error = cut.unwrap_err();
                match error.kind() {
                    JsonErrorKind::UnexpectedEnd => prop_assert_eq!(error.offset(), end),
                    // It is known to be alone only as the reader comes to it.
                    JsonErrorKind::LoneSurrogate => prop_assert!(error.offset() < end),
                    other => prop_assert!(false, "{other:?} in {:?}", &text[..end]),
                }
            }
        }
    }

    #[test]
    fn a_string_decodes_the_same_by_every_way(text in crate::json_documents::string()) {
        let mut reader = Reader::new(&text);
        let ours = reader.string().ok();
        let expected = serde_json::from_str::<String>(&text).ok();
        prop_assert_eq!(ours.is_some(), expected.is_some());
        if let (Some(ours), Some(expected)) = (ours, expected) {
            prop_assert_eq!(ours.raw(), &text[1..text.len() - 1]);
            same_text(ours, &expected);
        }
    }

    #[test]
    fn any_bytes_at_all_are_survived(bytes in vec(any::<u8>(), 0..64)) {
        compare(&bytes);
    }
}

/// Short and long strings, and what is near an escape, are read in different ways.
#[test]
fn strings_of_any_length_are_read_as_by_serde_json() {
    for special in ["", "\\n", "\\\\", "\\u0041", "\\ud800", "\\", "\"", "\u{1}", "\u{7f}", "\u{e9}"] {
        for before in 0..150 {
            for behind in [0, 1, 7, 8, 63, 64, 65, 200] {
                let text = format!("{}{special}{}", "a".repeat(before), "b".repeat(behind));
                for document in [format!("\"{text}\""), format!("[\"{text}\\t\",1]"), format!("\"{text}")] {
                    compare(document.as_bytes());
                }
            }
        }
    }
}

#[test]
fn a_byte_order_mark_is_skipped_and_counted() {
    let mut reader = Reader::from_bytes(b"\xef\xbb\xbf [1]").unwrap();
    assert_eq!(reader.value().unwrap().as_str(), "[1]");
    assert_eq!(reader.offset(), 7);
    assert_eq!(whole(b"\xef\xbb\xbf").unwrap_err().kind(), JsonErrorKind::UnexpectedEnd);
    assert!(whole(b"\xef\xbb\xbf\xef\xbb\xbf1").is_err(), "one is enough");
}

#[test]
fn text_that_is_not_utf8_is_refused_where_it_is() {
    for (bytes, offset) in [(&b"\"ab\xff\""[..], 3), (b"\"\xc3", 1), (b"1\x80", 1), (b"\"\xed\xa0\x80\"", 1)]
    {
        let error = Reader::from_bytes(bytes).unwrap_err();
        assert_eq!((error.kind(), error.offset()), (JsonErrorKind::NotUtf8, offset));
    }
}
