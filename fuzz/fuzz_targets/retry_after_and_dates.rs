#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| eventgrid_fuzz_checks::retry_after_and_dates::check(input));
