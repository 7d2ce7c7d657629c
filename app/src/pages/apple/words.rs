//! What is wrong with a certificate, and what is worth knowing of it, in the words of a language.

use crate::text::{self, t};
use muster_domain::{
    Language,
    apple::{CertificateProblem as Problem, CertificateWarning as Warning},
};

/// What is wrong, and what to do.
pub(super) fn problem(language: Language, problem: &Problem) -> String {
    let plain = match problem {
        Problem::Large => t::apl_p_large(language),
        Problem::Unreadable => t::apl_p_unreadable(language),
        Problem::Request => t::apl_p_request(language),
        Problem::PasswordMissing => t::apl_p_password_missing(language),
        Problem::PasswordWrong => t::apl_p_password_wrong(language),
        Problem::Encryption => t::apl_p_encryption(language),
        Problem::KeyEncrypted => t::apl_p_key_encrypted(language),
        Problem::ManyKeys => t::apl_p_many_keys(language),
        Problem::NoCertificate => t::apl_p_none(language),
        Problem::NotVendor => t::apl_p_not_vendor(language),
        Problem::KeyMissing => t::apl_p_key_missing(language),
        Problem::KeyOther => t::apl_p_key_other(language),
        Problem::KeyKind => t::apl_p_key_kind(language),
        Problem::SigningKeyMissing | Problem::VendorKeyMissing => t::apl_p_signing_key(language),
        Problem::VendorRequest => t::apl_p_vendor_request(language),
        Problem::VendorEnded { at } => return t::apl_p_vendor_ended(language, text::exact(language, *at)),
        Problem::SigningKeyKind => t::apl_p_signing_kind(language),
        Problem::NotForSigning => t::apl_p_signing_push(language),
        Problem::SigningEnded { at } => return t::apl_p_signing_ended(language, text::exact(language, *at)),
        Problem::SigningChain { issuer } => return t::apl_p_signing_chain(language, issuer),
        Problem::Authority { subject } => return t::apl_p_authority(language, subject),
        Problem::Usage { subject } => return t::apl_p_usage(language, subject),
        Problem::NotForMdm { subject } => return t::apl_p_not_mdm(language, subject),
        Problem::NotYet { from } => return t::apl_p_not_yet(language, text::exact(language, *from)),
        Problem::Expired { at } => return t::apl_p_expired(language, text::exact(language, *at)),
        Problem::ChainEnded { name } => return t::apl_p_chain_ended(language, name),
        Problem::ChainIncomplete { issuer } => return t::apl_p_chain(language, issuer),
        Problem::OtherTopic { present, new, devices } => {
            let why = match devices {
                0 => t::apl_cut_none(language).to_owned(),
                devices => t::apl_p_topic(language, *devices),
            };
            return format!("{why} {}", t::apl_p_topics(language, new, present));
        }
    };
    plain.to_owned()
}

/// What is worth knowing.
pub(super) fn warning(language: Language, warning: &Warning) -> String {
    match warning {
        Warning::Chain { issuer } => t::apl_w_chain(language, issuer),
        Warning::Older { at } => t::apl_w_older(language, text::exact(language, *at)),
        Warning::Account { before } => t::apl_w_account(language, before),
        Warning::Private { root } => t::apl_w_private(language, root),
        Warning::CutOff { devices } => t::apl_w_cut(language, *devices),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use muster_domain::Timestamp;

    #[test]
    fn each_problem_and_each_warning_has_words_that_name_what_it_is_about() {
        let at = Timestamp(1_790_000_000_000_000);
        let (present, new) = ("com.apple.mgmt.External.a".to_owned(), "com.apple.mgmt.External.b".to_owned());
        let problems = [
            (Problem::NotForMdm { subject: "CN=mail".into() }, "CN=mail"),
            (Problem::ChainEnded { name: "WWDR".into() }, "WWDR"),
            (Problem::ChainIncomplete { issuer: "Apple Root CA".into() }, "Apple Root CA"),
            (Problem::OtherTopic { present, new, devices: 21 }, "21"),
            (Problem::Expired { at }, "2026"),
            (Problem::NotYet { from: at }, "2026"),
            (Problem::Request, "Apple"),
            (Problem::SigningEnded { at }, "2026"),
            (Problem::VendorEnded { at }, "2026"),
            (Problem::SigningChain { issuer: "R11".into() }, "R11"),
            (Problem::Authority { subject: "Example CA".into() }, "Example CA"),
            (Problem::Usage { subject: "CN=mail".into() }, "CN=mail"),
            (Problem::SigningKeyKind, "P-256"),
            (Problem::KeyEncrypted, "openssl rsa"),
        ];
        let warnings = [
            (Warning::Chain { issuer: "Fake".into() }, "Fake"),
            (Warning::Older { at }, "2026"),
            (Warning::Account { before: "it@example.org".into() }, "it@example.org"),
            (Warning::CutOff { devices: 3 }, "3"),
            (Warning::Private { root: "Example Root".into() }, "Example Root"),
        ];
        for language in Language::ALL {
            for (said, about) in &problems {
                assert!(problem(language, said).contains(about), "{said:?}");
            }
            for (said, about) in &warnings {
                assert!(warning(language, said).contains(about), "{said:?}");
            }
        }
        let topics = problem(Language::En, &problems[3].0);
        assert!(
            topics.contains("there: com.apple.mgmt.External.a") && topics.contains("21 connected"),
            "{topics}"
        );
    }
}
