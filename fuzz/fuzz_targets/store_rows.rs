#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| eventgrid_fuzz_checks::store_rows::check(input));
