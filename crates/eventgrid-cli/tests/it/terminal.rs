//! `egrid publish` on a terminal: the progress bar, Ctrl-C, and a terminal whose size changes.

use crate::pseudo_terminal::{Terminal, frames};
use crate::support::Bench;

fn is_bar(frame: &str) -> bool {
    frame.contains(" events, ") && frame.contains("/s, ") && frame.ends_with(" left")
}

#[test]
fn a_bar_shows_the_rate_and_is_gone_at_the_end() {
    let bench = Bench::new();
    let arguments = ["publish", "--type", "A", "--count", "30", "--rate", "100"];
    let mut terminal = Terminal::run(&bench, (24, 80), &arguments);
    terminal.wait_for_frame(|frame| is_bar(frame) && frame.contains("/30 events"));
    let (code, shown) = terminal.end();
    assert_eq!(code, Some(0), "{shown:?}");
    let last = shown.trim_end().rsplit('\n').next().unwrap();
    assert!(last.ends_with("\u{1b}[2Kpublished 30 events") || last == "published 30 events", "{shown:?}");
    assert_eq!(bench.accepted().iter().map(Vec::len).sum::<usize>(), 30);
}

#[test]
fn the_bar_fits_a_terminal_that_changes_its_size_and_ctrl_c_ends_it() {
    let bench = Bench::new();
    let lines = format!("{}\n", r#"{"specversion":"1.0","id":"1","source":"s","type":"A"}"#).repeat(10_000);
    bench.file("events.jsonl", &lines);
    let arguments = ["publish", "events.jsonl", "--rate", "50", "--failed", "failed.jsonl"];
    let mut terminal = Terminal::run(&bench, (24, 100), &arguments);
    terminal.wait_for_frame(|frame| is_bar(frame) && frame.len() == 100 && frame.contains("/10,000 events"));
    terminal.resize((24, 60));
    terminal.wait_for_frame(|frame| is_bar(frame) && frame.len() == 60);
    terminal.press("\u{3}");
    let (code, shown) = terminal.end();
    assert_eq!(code, Some(130), "{shown:?}");
    let (bars, message) = shown.split_once("error: interrupted").unwrap();
    let after_resize = frames(bars).skip_while(|frame| !(is_bar(frame) && frame.len() == 60));
    assert!(after_resize.filter(|frame| is_bar(frame)).all(|frame| frame.len() == 60), "{shown:?}");
    assert!(!message.contains(" left"), "the bar is drawn again: {shown:?}");
    // Each line that was read is either published or kept.
    let (_, place) = message.split_once("nothing after ").unwrap();
    let read: usize = place.split(' ').nth(1).unwrap().parse().unwrap();
    let accepted = bench.accepted().iter().map(Vec::len).sum::<usize>();
    let kept = std::fs::read_to_string(bench.folder.path().join("failed.jsonl")).unwrap_or_default();
    assert_eq!(accepted + kept.lines().count(), read, "{shown:?}");
}

#[test]
fn no_bar_is_drawn_over_what_is_typed() {
    let bench = Bench::new();
    let mut terminal = Terminal::run(&bench, (24, 80), &["publish", "-"]);
    terminal.press("{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"s\",\"type\":\"A\"}\n\u{4}");
    let (code, shown) = terminal.end();
    assert_eq!(code, Some(0), "{shown:?}");
    assert!(shown.ends_with("published 1 event\r\n") && !shown.contains("events, "), "{shown:?}");
}
