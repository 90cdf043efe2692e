//! Text without regard to case.
//!
//! Two characters are the same if their upper-case forms of one character are, as in an ordinal
//! comparison of .NET. Characters of ASCII are the same as no others: the dotless `ı` is not `I`.

use std::cmp::Ordering;

/// Writes `text` at the end of `out` in the one form that all its spellings have.
pub(crate) fn fold_into(text: &str, out: &mut String) {
    if text.is_ascii() {
        let start = out.len();
        out.push_str(text);
        out[start..].make_ascii_uppercase();
    } else {
        out.extend(text.chars().map(fold_char));
    }
}

/// The one form that all spellings of `text` have.
pub(crate) fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    fold_into(text, &mut folded);
    folded
}

/// The order of two texts, the first of which is folded already.
pub(crate) fn compare_folded(folded: &str, text: &str) -> Ordering {
    if text.is_ascii() {
        // No character of ASCII becomes another one, so bytes are enough.
        return folded.bytes().cmp(text.bytes().map(|byte| byte.to_ascii_uppercase()));
    }
    folded.chars().cmp(text.chars().map(fold_char))
}

fn fold_char(character: char) -> char {
    if character.is_ascii() {
        return character.to_ascii_uppercase();
    }
    let mut upper = character.to_uppercase();
    match (upper.next(), upper.next()) {
        (Some(upper), None) if !upper.is_ascii() => upper,
        _ => character,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_in_other_cases_are_the_same() {
        for (one, other) in [("Straße", "STRAßE"), ("Ünïcode", "üNÏCODE"), ("σ", "ς"), ("aZ09-", "Az09-")]
        {
            assert_eq!(fold(one), fold(other), "{one} {other}");
        }
    }

    #[test]
    fn ascii_is_the_same_as_no_other_character() {
        for (one, other) in [("I", "ı"), ("s", "ſ"), ("i", "İ"), ("ss", "ß"), ("K", "\u{212a}")] {
            assert_ne!(fold(one), fold(other), "{one} {other}");
        }
    }

    #[test]
    fn the_order_is_that_of_folded_texts() {
        let texts = ["", "a", "B", "ab", "é", "É", "z", "ÿ", "data", "DATA", "\u{250}"];
        for one in texts {
            for other in texts {
                assert_eq!(compare_folded(&fold(one), other), fold(one).cmp(&fold(other)), "{one} {other}");
            }
        }
    }
}
