use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::read_json;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[expect(dead_code, reason = "what is read is looked at as a whole")]
struct Everything {
    number: u16,
    signed: Option<i8>,
    #[serde(default)]
    list: Vec<Inner>,
    word: Option<Word>,
    raw: Option<Box<RawValue>>,
    map: Option<BTreeMap<String, f64>>,
    pair: Option<(bool, String)>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "what is read is looked at as a whole")]
struct Inner {
    text: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(dead_code, reason = "what is read is looked at as a whole")]
enum Word {
    Alone,
    Counted(u64),
    Named { name: String },
}

#[test]
fn what_is_as_it_should_be_is_read() {
    for (json, shown) in [
        (r#"{"number":65535,"signed":-128}"#, "number: 65535, signed: Some(-128)"),
        (r#"{"number":1,"signed":null,"list":[{"text":"a"}]}"#, "list: [Inner { text: \"a\" }]"),
        (r#"{"number":1,"word":"alone"}"#, "Some(Alone)"),
        (r#"{"number":1,"word":{"counted":5}}"#, "Some(Counted(5))"),
        (r#"{"number":1,"word":{"named":{"name":"a"}}}"#, "Some(Named { name: \"a\" })"),
        (r#"{"number":1,"raw":{"b": 1.50 , "a":1}}"#, r#"RawValue({"b": 1.50 , "a":1})"#),
        (r#"{"number":1,"map":{"a":1,"b":-1,"c":0.5}}"#, r#"{"a": 1.0, "b": -1.0, "c": 0.5}"#),
        (r#" {"number":1,"pair":[true,"a"]} "#, r#"Some((true, "a"))"#),
        // As `serde_json` passes numbers on if another crate turns on its `arbitrary_precision`.
        (
            r#"{"number":{"$serde_json::private::Number":"5"},"signed":{"$serde_json::private::Number":"-1"}}"#,
            "number: 5, signed: Some(-1)",
        ),
        (r#"{"number":1,"map":{"a":{"$serde_json::private::Number":"0.5"}}}"#, r#"{"a": 0.5}"#),
    ] {
        let read: Everything = read_json(json.as_bytes()).unwrap();
        assert!(format!("{read:?}").contains(shown), "{json}: {read:?}");
    }
}

#[test]
fn an_error_says_the_field_what_was_found_and_what_it_takes() {
    for (json, message) in [
        (
            "[]",
            "expected an object with the fields number, signed, list, word, raw, map, pair, found an array",
        ),
        ("{}", "the field number is missing"),
        (r#"{"number":"5"}"#, "number: expected an integer from 0 to 65535, found a string"),
        (r#"{"number":65536}"#, "number: expected an integer from 0 to 65535, found 65536"),
        (r#"{"number":-1}"#, "number: expected an integer from 0 to 65535, found -1"),
        (r#"{"number":1.0}"#, "number: expected an integer from 0 to 65535, found 1.0"),
        (r#"{"number":null}"#, "number: expected an integer from 0 to 65535, found null"),
        (r#"{"number":1,"signed":128}"#, "signed: expected an integer from -128 to 127, found 128"),
        (
            r#"{"number":{"$serde_json::private::Number":"-1"}}"#,
            "number: expected an integer from 0 to 65535, found -1",
        ),
        (r#"{"number":{"a":1}}"#, "number: expected an integer from 0 to 65535, found an object"),
        (r#"{"number":1,"list":{}}"#, "list: expected an array, found an object"),
        (
            r#"{"number":1,"list":[{"text":"a"},{"text":true}]}"#,
            "list[1].text: expected a string, found a boolean",
        ),
        (
            r#"{"number":1,"list":[{"text":"a","txet":"b"}]}"#,
            "list[0].txet: unknown field; the fields here are text",
        ),
        (r#"{"number":1,"list":[5]}"#, "list[0]: expected an object with the fields text, found 5"),
        (r#"{"number":1,"number":1}"#, "the field number is given twice: give it once"),
        (r#"{"number":1,"s3cr3t/+":1}"#, "?: unknown field; the fields here are number, "),
        (r#"{"number":1,"word":"other"}"#, "word: \"other\" is not one of alone, counted, named"),
        (r#"{"number":1,"word":7}"#, "word: expected one of alone, counted, named, found 7"),
        (r#"{"number":1,"word":"counted"}"#, "word: \"counted\" needs a value: write {\"counted\": ...}"),
        (r#"{"number":1,"word":"named"}"#, "word: \"named\" needs a value"),
        (r#"{"number":1,"word":{"alone":5}}"#, "word: \"alone\" has no value: write it alone, as a string"),
        (
            r#"{"number":1,"word":{"counted":"a"}}"#,
            "word.counted: expected an integer from 0 to 18446744073709551615",
        ),
        (
            r#"{"number":1,"word":{"named":[]}}"#,
            "word.named: expected an object with the fields name, found an array",
        ),
        (r#"{"number":1,"word":{}}"#, "word: expected one member, which is one of alone"),
        (
            r#"{"number":1,"word":{"counted":1,"alone":1}}"#,
            "word: expected one member, which is one of alone",
        ),
        (r#"{"number":1,"map":{"a":"b"}}"#, "map.a: expected a number, found a string"),
        (r#"{"number":1,"map":5}"#, "map: expected an object, found 5"),
        (r#"{"number":1,"pair":true}"#, "pair: expected an array, found a boolean"),
        ("", "the text ends too early, at line 1 column 0"),
        (r#"{"number":1"#, "the text ends too early, at line 1 column 11"),
        ("{} x", "the field number is missing"),
        (r#"{"number":1} x"#, "trailing characters at line 1 column 14"),
        (r#"{"number":1,}"#, "trailing comma at line 1 column 13"),
        ("nonsense", "expected a value at line 1 column 2"),
    ] {
        let error = read_json::<Everything>(json.as_bytes()).unwrap_err().to_string();
        assert!(error.starts_with(message), "{json}: {error}");
    }
}
