//! The page in the repository is the one that is printed.

use std::fs;
use std::path::Path;

#[test]
fn the_page_is_what_the_table_says() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../crates/eventgrid/FAULTS.md");
    let kept = fs::read_to_string(path).unwrap_or_default();
    assert!(
        kept == eventgrid_transport_tests::faults_page(),
        "run `cargo run -p conformance --bin faults >crates/eventgrid/FAULTS.md`"
    );
}
