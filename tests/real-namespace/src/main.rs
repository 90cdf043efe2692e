//! Prints where a namespace and the emulator behave differently. See the README.

use std::process::ExitCode;

use eventgrid::with_causes;
use real_namespace::{AnyError, Namespace, compare};

fn main() -> ExitCode {
    match run() {
        Ok(0) => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {}", with_causes(error.as_ref()));
            ExitCode::from(2)
        }
    }
}

fn run() -> Result<usize, AnyError> {
    let subject = Namespace::from_environment()?;
    let reference = subject.emulated()?;
    println!("{} is compared with the emulator", subject.endpoint());
    let comparison = compare(&subject, &reference)?;
    for difference in comparison.differences() {
        println!("\n{difference}");
    }
    println!("\n{} scenarios, {} differ", comparison.scenarios(), comparison.differences().len());
    Ok(comparison.differences().len())
}
