//! Lock tokens from receive bodies that are whole, cut off or broken.

use crate::json_documents::{document, mutation, string};
use eventgrid::Batch;
use eventgrid::json::JsonStr;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

/// A receive body, with its tokens as they are written there and where each of them ends.
#[derive(Debug)]
struct Body {
    text: String,
    tokens: Vec<(String, usize)>,
}

impl Body {
    fn tokens_before(&self, end: usize) -> Vec<&str> {
        self.tokens.iter().filter(|(_, closed)| *closed <= end).map(|(token, _)| token.as_str()).collect()
    }
}

/// Stands for the tokens until their places are known; no document has it.
const TOKEN: &str = "\u{1}";

fn body() -> impl Strategy<Value = Body> {
    // What must not be taken for a token, and what can be anything.
    let decoy = select(vec![
        r#"{"lockToken":"decoy"}"#,
        r#"{"brokerProperties":{"lockToken":"decoy"}}"#,
        r#"[{"brokerProperties":{"lockToken":"decoy"}}]"#,
        r#"{"value":[{"brokerProperties":{"lockToken":"decoy"}}]}"#,
        r#""{\"value\":[{\"brokerProperties\":{\"lockToken\":\"decoy\"}}]}""#,
        r#""\\\"}}]}""#,
        r#""lockToken""#,
    ]);
    let anything = prop_oneof![document(), decoy.prop_map(String::from)].boxed();
    let others = vec((select(vec!["event", "next", "x"]), anything.clone()), 0..3);
    let broker = (others.clone(), any::<bool>()).prop_map(|(others, first)| {
        object(others, (r"lock\u0054oken", "lockToken"), &format!("\"{TOKEN}\""), first)
    });
    let item = (others.clone(), broker, any::<bool>()).prop_map(|(others, broker, first)| {
        object(others, (r"\u0062rokerProperties", "brokerProperties"), &broker, first)
    });
    let items = vec(item, 0..4).prop_map(|items| format!("[{}]", items.join(" , ")));
    let token = string().prop_filter_map("lone surrogates make no token", |token| {
        serde_json::from_str::<String>(&token).is_ok().then(|| token[1..token.len() - 1].to_string())
    });
    (others, items, any::<bool>(), vec(token, 4)).prop_map(|(others, items, first, values)| {
        let template = object(others, (r"v\u0061lue", "value"), &items, first);
        let mut body = Body { text: String::new(), tokens: Vec::new() };
        for (index, piece) in template.split(TOKEN).enumerate() {
            if let Some(value) = index.checked_sub(1).and_then(|index| values.get(index)) {
                body.text += value;
                body.tokens.push((value.clone(), body.text.len() + 1));
            }
            body.text += piece;
        }
        body
    })
}

/// An object with one member that counts, whose name may be escaped, and others round it.
fn object(others: Vec<(&str, String)>, names: (&str, &str), value: &str, first: bool) -> String {
    let mut members: Vec<String> =
        others.into_iter().map(|(name, value)| format!("\"{name}\" : {value}")).collect();
    let (at, name) = if first { (0, names.0) } else { (members.len(), names.1) };
    members.insert(at, format!("\"{name}\":{value}"));
    format!("{{ {} }}", members.join(","))
}

fn salvaged(body: &[u8]) -> Vec<&str> {
    Batch::salvage(body).map(JsonStr::raw).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn a_valid_body_gives_its_tokens(body in body()) {
        prop_assert_eq!(salvaged(body.text.as_bytes()), body.tokens_before(usize::MAX));
    }

    #[test]
    fn a_body_cut_off_anywhere_gives_every_token_that_came_whole(body in body()) {
        for end in 0..body.text.len() {
            prop_assert_eq!(salvaged(&body.text.as_bytes()[..end]), body.tokens_before(end), "cut at {}", end);
        }
    }

    #[test]
    fn what_is_no_utf8_behind_a_token_does_not_hide_it(body in body(), tail in vec(0x80_u8.., 1..8)) {
        for &(_, end) in &body.tokens {
            let broken = [&body.text.as_bytes()[..end], &tail].concat();
            prop_assert_eq!(salvaged(&broken), body.tokens_before(end));
        }
    }

    #[test]
    fn a_broken_body_gives_at_least_the_tokens_before_the_break(body in body(), mutation in mutation()) {
        let mut broken = body.text.clone().into_bytes();
        mutation.apply(&mut broken);
        let same = broken.iter().zip(body.text.as_bytes()).take_while(|(one, other)| one == other).count();
        let before = body.tokens_before(same);
        let found = salvaged(&broken);
        prop_assert_eq!(&found[..before.len().min(found.len())], before);
    }

    #[test]
    fn any_bytes_at_all_are_survived(bytes in vec(select(b"{}[]:,\"\\ve \x00\xff".to_vec()), 0..64)) {
        prop_assert!(salvaged(&bytes).len() <= bytes.len());
    }
}

#[test]
fn a_megabyte_of_brackets_is_survived() {
    for bytes in ["[", "]", "{\"value\":", "{", "}", "\""] {
        assert!(salvaged(bytes.repeat(1 << 17).as_bytes()).is_empty());
    }
}
