//! JSON documents for tests: valid ones of every form, and damaged ones.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

/// A valid document with all that the grammar allows: whitespace, every escape, long numbers,
/// repeated names. Strings may have halves of surrogate pairs, which are valid by the grammar
/// alone.
pub(crate) fn document() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![string(), number(), select(vec!["true", "false", "null"]).prop_map(String::from)];
    let spaced = |inner: BoxedStrategy<String>| {
        (space(), inner, space()).prop_map(|(before, inner, after)| before + &inner + &after).boxed()
    };
    spaced(
        leaf.prop_recursive(5, 24, 4, move |inner| {
            let inner = spaced(inner.boxed());
            let name = (space(), string(), space()).prop_map(|(before, name, after)| before + &name + &after);
            let member = (name, inner.clone()).prop_map(|(name, value)| name + ":" + &value);
            prop_oneof![
                vec(inner, 1..5).prop_map(|values| format!("[{}]", values.join(","))),
                vec(member, 1..5).prop_map(|members| format!("{{{}}}", members.join(","))),
                space().prop_map(|space| format!("[{space}]")),
                space().prop_map(|space| format!("{{{space}}}")),
            ]
        })
        .boxed(),
    )
}

/// One change of a few bytes: something inserted, overwritten or removed.
pub(crate) fn mutation() -> impl Strategy<Value = Mutation> {
    let byte = prop_oneof![
        3 => select(b"{}[],:\"\\/ubEe+-.0129tfn \t\n\r\x00\x1f\x7f\x80\xc3\xff".to_vec()),
        1 => any::<u8>(),
    ];
    (any::<Index>(), 0_usize..3, vec(byte, 0..3)).prop_map(|(at, removed, inserted)| Mutation {
        at,
        removed,
        inserted,
    })
}

#[derive(Debug, Clone)]
pub(crate) struct Mutation {
    at: Index,
    removed: usize,
    inserted: Vec<u8>,
}

impl Mutation {
    pub(crate) fn apply(&self, document: &mut Vec<u8>) {
        let at = self.at.index(document.len() + 1);
        let end = document.len().min(at + self.removed);
        document.splice(at..end, self.inserted.iter().copied());
    }
}

fn space() -> impl Strategy<Value = String> {
    prop_oneof![3 => Just(String::new()), 1 => "[ \t\n\r]{1,3}"]
}

fn number() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<i32>().prop_map(|number| number.to_string()),
        select(vec!["0", "-0", "18446744073709551615", "18446744073709551616", "-9223372036854775808"])
            .prop_map(String::from),
        "-?(0|[1-9][0-9]{0,25})(\\.[0-9]{1,20})?([eE][+-]?[0-9]{1,3})?",
    ]
}

/// A string with its quotes.
pub(crate) fn string() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => "[ !#-\\[\\]-~]{1,12}",
        1 => any::<char>().prop_filter_map("must be escaped", |c| {
            (c >= ' ' && c != '"' && c != '\\').then(|| c.to_string())
        }),
        1 => "\\\\[\"\\\\/bfnrt]",
        1 => any::<u16>().prop_map(|unit| format!("\\u{unit:04x}")),
        1 => (0xd800_u16..0xdc00, 0xdc00_u16..0xe000)
            .prop_map(|(high, low)| format!("\\u{high:04X}\\u{low:04x}")),
    ];
    vec(piece, 0..6).prop_map(|pieces| format!("\"{}\"", pieces.concat()))
}
