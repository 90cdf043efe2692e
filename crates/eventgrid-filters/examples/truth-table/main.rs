//! The truth table: printed as `TRUTH.md`, and compared with a namespace.
//!
//! ```sh
//! cargo run -p eventgrid-filters --example truth-table                 # prints TRUTH.md
//! cargo run -p eventgrid-filters --example truth-table -- filters      # what to create
//! EVENTGRID_KEY=... cargo run -p eventgrid-filters --example truth-table -- compare ENDPOINT TOPIC
//! ```
//!
//! Before it can compare, the topic needs an event subscription for each operator, with pull
//! delivery and the filter that `filters` prints for it. Use a topic that nothing else uses: every
//! event in these subscriptions is acknowledged. Namespaces have no switch for arrays, so arrays
//! that are looked into are not compared.

mod compare;
mod markdown;

use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let result = match arguments[..] {
        [] => {
            print!("{}", markdown::truth_table());
            Ok(true)
        }
        ["filters"] => compare::print_filters().map(|()| true),
        ["compare", endpoint, topic] => compare::compare(endpoint, topic),
        _ => Err("usage: truth-table [filters | compare ENDPOINT TOPIC]".into()),
    };
    match result {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("truth-table: {}", eventgrid::with_causes(&*error));
            ExitCode::from(2)
        }
    }
}
