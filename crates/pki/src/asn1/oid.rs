//! The object identifiers that are read or written here, each with the page that defines it.

use der::asn1::ObjectIdentifier;

macro_rules! oids {
    ($($(#[$doc:meta])* $name:ident = $text:literal;)*) => {
        $($(#[$doc])* pub const $name: ObjectIdentifier = ObjectIdentifier::new_unwrap($text);)*
    };
}

oids! {
    /// id-data (RFC 5652, section 4).
    DATA = "1.2.840.113549.1.7.1";
    /// id-signedData (RFC 5652, section 5.1).
    SIGNED_DATA = "1.2.840.113549.1.7.2";
    /// id-envelopedData (RFC 5652, section 6.1).
    ENVELOPED_DATA = "1.2.840.113549.1.7.3";
    /// id-encryptedData (RFC 5652, section 8).
    ENCRYPTED_DATA = "1.2.840.113549.1.7.6";
    /// id-contentType (RFC 5652, section 11.1).
    CONTENT_TYPE = "1.2.840.113549.1.9.3";
    /// id-messageDigest (RFC 5652, section 11.2).
    MESSAGE_DIGEST = "1.2.840.113549.1.9.4";
    /// id-signingTime (RFC 5652, section 11.3).
    SIGNING_TIME = "1.2.840.113549.1.9.5";
    /// challengePassword (RFC 2985, section 5.4.1).
    CHALLENGE_PASSWORD = "1.2.840.113549.1.9.7";

    /// rsaEncryption (RFC 8017, appendix A.1).
    RSA = "1.2.840.113549.1.1.1";
    /// sha1WithRSAEncryption (RFC 8017, appendix A.2.4).
    RSA_SHA1 = "1.2.840.113549.1.1.5";
    /// sha256WithRSAEncryption.
    RSA_SHA256 = "1.2.840.113549.1.1.11";
    /// sha384WithRSAEncryption.
    RSA_SHA384 = "1.2.840.113549.1.1.12";
    /// sha512WithRSAEncryption.
    RSA_SHA512 = "1.2.840.113549.1.1.13";
    /// id-RSASSA-PSS (RFC 4055, section 3.1).
    RSA_PSS = "1.2.840.113549.1.1.10";
    /// id-mgf1 (RFC 4055, section 2.2).
    MGF1 = "1.2.840.113549.1.1.8";
    /// id-ecPublicKey (RFC 5480, section 2.1.1).
    EC = "1.2.840.10045.2.1";
    /// secp256r1 (RFC 5480, section 2.1.1.1).
    P256 = "1.2.840.10045.3.1.7";
    /// secp384r1 (RFC 5480, section 2.1.1.1).
    P384 = "1.3.132.0.34";
    /// ecdsa-with-SHA1 (RFC 5480, appendix A).
    ECDSA_SHA1 = "1.2.840.10045.4.1";
    /// ecdsa-with-SHA256 (RFC 5758, section 3.2).
    ECDSA_SHA256 = "1.2.840.10045.4.3.2";
    /// ecdsa-with-SHA384.
    ECDSA_SHA384 = "1.2.840.10045.4.3.3";
    /// ecdsa-with-SHA512.
    ECDSA_SHA512 = "1.2.840.10045.4.3.4";

    /// id-sha1 (RFC 3370, section 2.1).
    SHA1 = "1.3.14.3.2.26";
    /// id-sha256 (RFC 5754, section 2.2).
    SHA256 = "2.16.840.1.101.3.4.2.1";
    /// id-sha384.
    SHA384 = "2.16.840.1.101.3.4.2.2";
    /// id-sha512.
    SHA512 = "2.16.840.1.101.3.4.2.3";

    /// desCBC (RFC 8018, appendix B.2.1).
    DES_CBC = "1.3.14.3.2.7";
    /// des-EDE3-CBC (RFC 8018, appendix B.2.2).
    DES_EDE3_CBC = "1.2.840.113549.3.7";
    /// aes128-CBC-PAD (RFC 8018, appendix B.2.5).
    AES128_CBC = "2.16.840.1.101.3.4.1.2";
    /// aes192-CBC-PAD.
    AES192_CBC = "2.16.840.1.101.3.4.1.22";
    /// aes256-CBC-PAD.
    AES256_CBC = "2.16.840.1.101.3.4.1.42";

    /// commonName (RFC 4519, section 2.3).
    COMMON_NAME = "2.5.4.3";
    /// serialNumber (RFC 4519, section 2.31).
    SERIAL_NUMBER = "2.5.4.5";
    /// countryName (RFC 4519, section 2.2).
    COUNTRY = "2.5.4.6";
    /// organizationName (RFC 4519, section 2.19).
    ORGANIZATION = "2.5.4.10";
    /// organizationalUnitName (RFC 4519, section 2.20).
    ORGANIZATIONAL_UNIT = "2.5.4.11";
    /// userId (RFC 4519, section 2.39), in which Apple writes a push certificate's topic.
    USER_ID = "0.9.2342.19200300.100.1.1";
    /// emailAddress (RFC 2985, section 5.2.1).
    EMAIL = "1.2.840.113549.1.9.1";

    /// subjectKeyIdentifier (RFC 5280, section 4.2.1.2).
    SUBJECT_KEY = "2.5.29.14";
    /// keyUsage (RFC 5280, section 4.2.1.3).
    KEY_USAGE = "2.5.29.15";
    /// subjectAltName (RFC 5280, section 4.2.1.6).
    ALTERNATIVE_NAME = "2.5.29.17";
    /// basicConstraints (RFC 5280, section 4.2.1.9).
    BASIC_CONSTRAINTS = "2.5.29.19";
    /// cRLNumber (RFC 5280, section 5.2.3).
    CRL_NUMBER = "2.5.29.20";
    /// reasonCode (RFC 5280, section 5.3.1).
    CRL_REASON = "2.5.29.21";
    /// cRLDistributionPoints (RFC 5280, section 4.2.1.13).
    CRL_POINTS = "2.5.29.31";
    /// authorityKeyIdentifier (RFC 5280, section 4.2.1.1).
    AUTHORITY_KEY = "2.5.29.35";
    /// extKeyUsage (RFC 5280, section 4.2.1.12).
    EXTENDED_KEY_USAGE = "2.5.29.37";
    /// id-kp-serverAuth.
    SERVER_AUTH = "1.3.6.1.5.5.7.3.1";
    /// id-kp-clientAuth.
    CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";
    /// id-kp-emailProtection.
    EMAIL_PROTECTION = "1.3.6.1.5.5.7.3.4";

    /// id-PBES2 (RFC 8018, appendix A.4).
    PBES2 = "1.2.840.113549.1.5.13";
    /// id-PBKDF2 (RFC 8018, appendix A.2).
    PBKDF2 = "1.2.840.113549.1.5.12";
    /// id-hmacWithSHA1 (RFC 8018, appendix B.1.1).
    HMAC_SHA1 = "1.2.840.113549.2.7";
    /// id-hmacWithSHA256 (RFC 8018, appendix B.1.2).
    HMAC_SHA256 = "1.2.840.113549.2.9";
    /// id-hmacWithSHA384.
    HMAC_SHA384 = "1.2.840.113549.2.10";
    /// id-hmacWithSHA512.
    HMAC_SHA512 = "1.2.840.113549.2.11";
    /// pbeWithSHAAnd3-KeyTripleDES-CBC (RFC 7292, appendix C).
    PBE_TRIPLE_DES = "1.2.840.113549.1.12.1.3";
    /// pbeWithSHAAnd128BitRC2-CBC (RFC 7292, appendix C).
    PBE_RC2_128 = "1.2.840.113549.1.12.1.5";
    /// pbeWithSHAAnd40BitRC2-CBC (RFC 7292, appendix C).
    PBE_RC2_40 = "1.2.840.113549.1.12.1.6";
    /// keyBag (RFC 7292, section 4.2.1).
    KEY_BAG = "1.2.840.113549.1.12.10.1.1";
    /// pkcs8ShroudedKeyBag (RFC 7292, section 4.2.2).
    SHROUDED_KEY_BAG = "1.2.840.113549.1.12.10.1.2";
    /// certBag (RFC 7292, section 4.2.3).
    CERTIFICATE_BAG = "1.2.840.113549.1.12.10.1.3";
    /// x509Certificate (RFC 7292, section 4.2.3).
    X509_CERTIFICATE = "1.2.840.113549.1.9.22.1";
    /// localKeyId (RFC 2985, section 5.5.2).
    LOCAL_KEY_ID = "1.2.840.113549.1.9.21";
}
