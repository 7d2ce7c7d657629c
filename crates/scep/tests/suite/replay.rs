//! What the fuzzers kept, once more: see `crates/fuzz-targets`.

#[test]
fn what_was_kept_for_scep_holds() {
    assert!(muster_fuzz_targets::replay("scep") > 0);
}

#[test]
fn what_was_kept_for_scep_transport_holds() {
    assert!(muster_fuzz_targets::replay("scep_transport") > 0);
}
