//! The table of facts, and the file that is made of it.

use std::collections::HashSet;

use eventgrid_emulator::Emulator;

#[path = "../../examples/facts/markdown.rs"]
mod markdown;

#[test]
fn the_file_says_what_the_table_says() {
    assert!(
        markdown::facts() == include_str!("../../FACTS.md"),
        "print it again: cargo run -p eventgrid-emulator --example facts > crates/eventgrid-emulator/FACTS.md"
    );
}

#[test]
fn every_fact_has_a_name_of_its_own_and_says_something() {
    let mut ids = HashSet::new();
    for fact in Emulator::facts() {
        assert!(ids.insert(fact.id), "two facts have the id {}", fact.id);
        let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        assert!(fact.id.chars().all(is_plain), "{}", fact.id);
        for text in [fact.case, fact.strict, fact.relaxed] {
            assert!(text.ends_with('.') && !text.contains("  "), "{}: {text:?}", fact.id);
        }
    }
}
