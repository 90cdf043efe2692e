//! When the extension attributes of two events are equal.

#![cfg(feature = "alloc")]

use eventgrid::event::{Extension, ExtensionValue, Extensions};
use eventgrid::json::JsonText;
use proptest::collection::vec;
use proptest::prelude::*;

/// Few names and values, so that many are equal.
fn list() -> impl Strategy<Value = Vec<Extension<'static>>> {
    let value = prop_oneof![
        "[01]".prop_map(ExtensionValue::from),
        (0..2).prop_map(ExtensionValue::from),
        any::<bool>().prop_map(ExtensionValue::from),
        "[01]".prop_map(|json| ExtensionValue::Json(JsonText::parse(json).unwrap())),
    ];
    vec(("[ab]", value).prop_map(|(name, value)| Extension::new(name, value)), 0..4)
}

fn made(list: &[Extension<'static>]) -> Extensions<'static> {
    list.iter().cloned().collect()
}

proptest! {
    #[test]
    fn each_has_every_attribute_of_the_other((one, other) in (list(), list())) {
        let has_all = |one: &[Extension<'_>], other: &[_]| other.iter().all(|attribute| one.contains(attribute));
        let expected = one.len() == other.len() && has_all(&one, &other) && has_all(&other, &one);
        prop_assert_eq!(made(&one) == made(&other), expected);
    }

    #[test]
    fn their_order_does_not_matter(one in list()) {
        let reversed: Vec<_> = one.iter().rev().cloned().collect();
        prop_assert_eq!(made(&one), made(&reversed));
    }
}

/// If each were compared with all others, this would take minutes.
#[test]
fn as_many_as_a_batch_can_hold_are_compared() {
    let attribute = |number: u32| Extension::new(number.to_string(), "");
    let one: Extensions<'_> = (0..100_000).map(attribute).collect();
    let other: Extensions<'_> = (0..100_000).rev().map(attribute).collect();
    assert_eq!(one, other);
    let another: Extensions<'_> = (1..100_001).rev().map(attribute).collect();
    assert_ne!(one, another);
}
