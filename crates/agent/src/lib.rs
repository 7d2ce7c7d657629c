//! The Android agent protocol of Muster: messages and signatures (RFC 9421, RFC 9530); no I/O.
