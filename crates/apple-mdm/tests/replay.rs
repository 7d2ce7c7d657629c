//! What the fuzzers kept, once more: see `crates/fuzz-targets`.

#[test]
fn what_was_kept_for_plist_holds() {
    assert!(muster_fuzz_targets::replay("plist") > 0);
}

#[test]
fn what_was_kept_for_mobileconfig_holds() {
    assert!(muster_fuzz_targets::replay("mobileconfig") > 0);
}
