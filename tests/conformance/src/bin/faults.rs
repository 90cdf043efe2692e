//! Prints the table of faults.

fn main() {
    print!("{}", conformance::faults_page());
}
