//! `egrid listen` on a terminal.

use crate::pseudo_terminal::Terminal;
use crate::support::Bench;
use crate::webhook::Listening;

/// What brings back what was on the terminal before.
const LEAVE: &str = "\u{1b}[?1049l";

#[test]
fn the_list_shows_events_and_retries_the_selected_one() {
    let bench = Bench::new();
    bench.run(&["publish", "--type", "A", "--id", "one", "--field", "total=5"]).ends_with(0);
    let webhook = Listening::start(&bench, &["--respond", "503,200,500"]);
    let url = format!("http://{}", webhook.address);
    let mut terminal =
        Terminal::run(&bench, (20, 120), &["listen", "--forward-to", &url, "--retry-wait", "1h"]);
    terminal.wait_for("retry 3");
    terminal.wait_for("503");
    terminal.wait_for("one");
    // Details, and back.
    terminal.press("\r");
    terminal.wait_for("attempt 1: retry");
    terminal.wait_for("\"total\": 5");
    terminal.press("\r");
    terminal.wait_for("OUTCOME");
    // Retried now, and after that delivered again.
    terminal.press("r");
    terminal.wait_for("delivered 1, under way 0");
    terminal.press("r");
    terminal.wait_for("failed attempts 2");
    terminal.press("q");
    terminal.wait_for(LEAVE);
    let (code, _) = terminal.end();
    assert_eq!(code, Some(0));
    assert_eq!(bench.emulator.stats("orders", "billing").unwrap().acknowledged, 1);
}

#[test]
fn ctrl_c_releases_what_waits_and_gives_the_terminal_back() {
    let bench = Bench::new();
    bench.run(&["publish", "--type", "A", "--id", "one"]).ends_with(0);
    let webhook = Listening::start(&bench, &["--respond", "503"]);
    let url = format!("http://{}", webhook.address);
    let mut terminal =
        Terminal::run(&bench, (20, 120), &["listen", "--forward-to", &url, "--retry-wait", "1h"]);
    terminal.wait_for("retry 3");
    // A terminal that gets smaller is drawn anew.
    terminal.resize((5, 20));
    terminal.wait_for("…");
    terminal.press("\u{3}");
    terminal.wait_for(LEAVE);
    let (code, shown) = terminal.end();
    assert_eq!(code, Some(130));
    assert!(shown.contains("released 1") && shown.contains("error: interrupted"), "{shown}");
    let stats = bench.emulator.stats("orders", "billing").unwrap();
    assert_eq!((stats.queued + stats.delayed, stats.locked), (1, 0));
}
