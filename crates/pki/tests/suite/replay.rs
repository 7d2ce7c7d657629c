//! What the fuzzers kept, once more: see `crates/fuzz-targets`.

#[test]
fn what_was_kept_for_cms_holds() {
    assert!(muster_fuzz_targets::replay("cms") > 0);
}

#[test]
fn what_was_kept_for_csr_holds() {
    assert!(muster_fuzz_targets::replay("csr") > 0);
}

#[test]
fn what_was_kept_for_certificate_holds() {
    assert!(muster_fuzz_targets::replay("certificate") > 0);
}

#[test]
fn what_was_kept_for_pkcs12_holds() {
    assert!(muster_fuzz_targets::replay("pkcs12") > 0);
}
