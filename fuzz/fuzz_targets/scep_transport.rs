#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| muster_fuzz_targets::scep_transport(bytes));
