//! The examples of the README, run as they are written.
//!
//! A block that begins with `console` has commands after `$ `, their further lines after `> `, and
//! their output. `[..]` stands for any text. All of them share one emulator, so that a later one
//! can receive what an earlier one has published.

use std::net::TcpListener;

use eventgrid_emulator::{Emulator, InputSchema};
use snapbox::{Data, assert_data_eq};

use crate::support::{Bench, KEY, TOKEN};

const README: &str = include_str!("../../README.md");

/// A command line, and what it prints.
#[derive(Default)]
struct Example {
    line: String,
    output: String,
}

fn examples() -> Vec<Example> {
    let mut examples = Vec::<Example>::new();
    let mut is_console = false;
    for line in README.lines() {
        if line.starts_with("```") {
            is_console = line == "```console";
        } else if !is_console {
        } else if let Some(first) = line.strip_prefix("$ ") {
            examples.push(Example { line: first.to_owned(), output: String::new() });
        } else if let Some(example) = examples.last_mut() {
            match line.strip_prefix("> ") {
                Some(more) => example.line.extend(["\n", more]),
                None => example.output.extend([line, "\n"]),
            }
        }
    }
    examples
}

#[cfg(unix)]
#[test]
fn every_example_of_the_readme_does_what_it_says() {
    let examples = examples();
    assert!(examples.len() >= 5, "the README has lost its examples");
    let builder = Emulator::builder()
        .subscription("orders", "billing")
        .subscription("orders", "shipping")
        .subscription("bench", "probe")
        .basic_topic("alerts", InputSchema::EventGrid);
    let bench = Bench::with(builder);
    let endpoint = bench.emulator.endpoint();
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port().to_string();
    for example in examples {
        let line = example.line.replace("http://127.0.0.1:6500", &endpoint).replace("8080", &port);
        // The MQTT broker of a namespace takes tokens alone.
        let key = if line.starts_with("egrid mqtt") { TOKEN } else { KEY };
        // How much progress it shows on stderr depends on how long it takes.
        let line = if line.starts_with("egrid bench") { format!("{line} 2>/dev/null") } else { line };
        let output =
            bench.shell(&line, key).replace(&endpoint, "http://127.0.0.1:6500").replace(&port, "8080");
        // Blank lines may set examples apart. What is printed last is the one that failed.
        println!("$ {}", example.line);
        let tidy = |text: &str| format!("{}\n", text.trim_end());
        assert_data_eq!(tidy(&output), Data::text(tidy(&example.output)));
    }
}
