//! Prints the table of faults.

fn main() {
    print!("{}", eventgrid_transport_tests::faults_page());
}
