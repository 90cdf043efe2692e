//! Documents that are made to break readers.

use eventgrid::json::{JsonErrorKind, MAX_DEPTH, RawJson, Reader};
use serde_json::value::RawValue;

fn error(text: &str) -> (JsonErrorKind, usize) {
    let error = RawJson::parse(text).unwrap_err();
    (error.kind(), error.offset())
}

fn nested(depth: usize, open: &str, close: &str) -> String {
    open.repeat(depth) + "1" + &close.repeat(depth)
}

#[test]
fn a_megabyte_of_brackets_is_too_deep_and_no_more() {
    for open in ["[", "{\"a\":"] {
        let text = open.repeat(1 << 20);
        assert_eq!(error(&text), (JsonErrorKind::TooDeep, MAX_DEPTH * open.len()));
        let mut reader = Reader::new(&text);
        assert_eq!(reader.value().unwrap_err().kind(), JsonErrorKind::TooDeep);
        assert_eq!(reader.offset(), 0, "the reader has not moved");
        assert_eq!(reader.skip_too_deep().unwrap_err().kind(), JsonErrorKind::UnexpectedEnd);
        assert_eq!(reader.offset(), 0, "the reader has not moved");
    }
}

#[test]
fn values_are_nested_to_the_limit_and_not_beyond() {
    for (open, close) in [("[", "]"), ("{\"a\": ", "}"), ("[{\"a\":", "}]")] {
        let step = open.matches(['[', '{']).count();
        assert!(RawJson::parse(&nested(MAX_DEPTH / step - 1, open, close)).is_ok());
        assert!(RawJson::parse(&nested(MAX_DEPTH / step, open, close)).is_ok());
        assert_eq!(error(&nested(MAX_DEPTH / step + 1, open, close)).0, JsonErrorKind::TooDeep);
    }
    // Siblings are not nested.
    let wide = format!("[{}]", vec!["[{}]"; 1000].join(","));
    assert!(RawJson::parse(&wide).is_ok());
}

#[test]
fn containers_are_opened_to_the_limit_and_not_beyond() {
    let text = "[".repeat(MAX_DEPTH + 1);
    let mut reader = Reader::new(&text);
    for _ in 0..MAX_DEPTH {
        reader.begin_array().unwrap();
        assert!(reader.next_element().unwrap());
    }
    assert_eq!(reader.begin_array().unwrap_err().kind(), JsonErrorKind::TooDeep);
    assert_eq!(reader.offset(), MAX_DEPTH);
}

#[test]
fn what_follows_a_value_that_is_too_deep_can_be_read() {
    let deep = nested(5000, "[{\"]}\\\"\":", "}]");
    let text = format!("[ {deep} , \"next\"]");
    let mut reader = Reader::new(&text);
    reader.begin_array().unwrap();
    assert!(reader.next_element().unwrap());
    assert_eq!(reader.value().unwrap_err().kind(), JsonErrorKind::TooDeep);
    assert_eq!(reader.skip_too_deep().unwrap().as_str(), deep);
    assert!(reader.next_element().unwrap());
    assert_eq!(reader.string().unwrap(), "next");
    assert!(!reader.next_element().unwrap());
    reader.end().unwrap();
}

#[test]
fn no_control_character_is_let_into_a_string() {
    for control in '\0'..' ' {
        for text in [format!("[\"12345678{control}\"]"), format!("{{\"12345678{control}\":1}}")] {
            assert_eq!(error(&text), (JsonErrorKind::ControlCharacter, 10), "{text:?}");
        }
        if !" \t\n\r".contains(control) {
            assert!(matches!(error(&format!("{control}1")), (JsonErrorKind::Syntax, 0)));
        }
    }
    for not_control in ['\u{7f}', '\u{80}', '\u{2028}', '\u{feff}', '\u{10ffff}'] {
        assert!(RawJson::parse(&format!("\"{not_control}\"")).is_ok());
    }
}

#[test]
fn only_the_escapes_of_json_are_escapes() {
    for escaped in '\0'..='\u{ff}' {
        let text = format!("\"a\\{escaped}\"");
        match escaped {
            '"' | '\\' | '/' | 'b' | 'f' | 'n' | 'r' | 't' => {
                assert!(RawJson::parse(&text).is_ok(), "{text}");
            }
            _ => assert_eq!(error(&text), (JsonErrorKind::BadEscape, 2), "{text}"),
        }
    }
    for digits in ["g000", "0g00", "00g0", "000g", "+123", " 123", "12\u{e9}4", "12\"4"] {
        assert_eq!(error(&format!("\"\\u{digits}\"")).0, JsonErrorKind::BadEscape, "{digits}");
    }
    for text in ["\"\\", "\"\\u", "\"\\u1", "\"\\u12", "\"\\u123", "\"\\u1234"] {
        assert_eq!(error(text), (JsonErrorKind::UnexpectedEnd, text.len()), "{text}");
    }
}

#[test]
fn halves_of_surrogate_pairs_pass_whole_but_not_decoded() {
    for text in [
        "\"\\ud800\"",
        "\"\\udfff\"",
        "\"\\udc00\\ud800\"",
        "\"\\ud800\\ud800\"",
        "\"\\ud800a\\udc00\"",
        "\"\\uDBFF\\\\udc00\"",
        "\"\\ud800\\n\"",
    ] {
        assert_eq!(RawJson::parse(text).unwrap().as_str(), text);
        let error = Reader::new(text).string().unwrap_err();
        assert_eq!((error.kind(), error.offset()), (JsonErrorKind::LoneSurrogate, 1), "{text}");
        let object = format!("{{{text}:1}}");
        let mut reader = Reader::new(&object);
        reader.begin_object().unwrap();
        let error = reader.next_member().unwrap_err();
        assert_eq!((error.kind(), error.offset()), (JsonErrorKind::LoneSurrogate, 2), "{text}");
    }
    assert_eq!(Reader::new("\"\\uD83d\\uDe00\"").string().unwrap(), "\u{1f600}");
}

#[test]
fn texts_at_the_edge_of_the_grammar_are_judged_as_by_serde_json() {
    for text in [
        "0",
        "-0",
        "-",
        "+0",
        "00",
        "01",
        "-01",
        "0.",
        ".0",
        "0.0",
        "-.5",
        "1.e1",
        "1e",
        "1e+",
        "1e-",
        "1e+-1",
        "1E0",
        "1e00",
        "1e999999999999",
        "0x1",
        "1_0",
        "1a",
        "1 1",
        "NaN",
        "-Infinity",
        "Infinity",
        "- 1",
        "9".repeat(1000).as_str(),
        "true",
        "tru",
        "truee",
        "True",
        "false",
        "fals",
        "null",
        "nul",
        "nulll",
        "",
        " ",
        "\u{a0}1",
        "\u{b}1",
        "1\0",
        "[",
        "]",
        "[]",
        "[,]",
        "[1,]",
        "[1,,2]",
        "[1 2]",
        "[1]]",
        "[1}",
        "{",
        "}",
        "{}",
        "{,}",
        "{\"a\"}",
        "{\"a\":}",
        "{\"a\" 1}",
        "{\"a\":1,}",
        "{,\"a\":1}",
        "{\"a\":1 \"b\":2}",
        "{a:1}",
        "{'a':1}",
        "{1:1}",
        "{null:1}",
        "{\"a\":1]",
        "{\"a\"::1}",
        "{\"a\":1,\"a\":2}",
        "{\"\":1}",
        "\"",
        "\"\"",
        "\"a",
        "'a'",
        "\"a\"\"b\"",
        "\"a\"b",
        "// x\n1",
        "1 /* x */",
        "[1] x",
        "\u{feff}1",
    ] {
        let ours = RawJson::parse(text);
        let oracle = serde_json::from_str::<&RawValue>(text);
        assert_eq!(ours.is_ok(), oracle.is_ok(), "{text:?}: {ours:?}");
    }
}

#[test]
fn an_error_names_what_was_expected() {
    for (text, message) in [
        ("[1 2]", "expected a comma or a closing bracket at byte 3"),
        ("{\"a\" 1}", "expected a colon at byte 5"),
        ("{\"a\":1 2}", "expected a comma or a closing brace at byte 7"),
        ("{1}", "expected a name or a closing brace at byte 1"),
        ("{\"a\":1,}", "expected a name at byte 7"),
        ("[1,]", "expected a value at byte 3"),
        ("[nil]", "expected null at byte 1"),
        ("[1] 2", "trailing characters at byte 4"),
        ("[01]", "invalid number at byte 2"),
        ("[\"a", "unexpected end of the text at byte 3"),
    ] {
        assert_eq!(RawJson::parse(text).unwrap_err().to_string(), message);
    }
}
