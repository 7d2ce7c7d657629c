package muster.headwind.net;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The agent's digests: SHA-1 over the build's secret and a text, in upper-case hex (helper/CryptoHelper.java:47-61). */
public final class Signature {
    private Signature() {}

    /** The digest of a secret followed by a text. */
    public static String of(String secret, String text) {
        return hex("SHA-1", (secret + text).getBytes(StandardCharsets.UTF_8)).toUpperCase(java.util.Locale.ROOT);
    }

    /** What a file is told by in the events, in lower-case hex. */
    public static String sha256(byte[] bytes) {
        return hex("SHA-256", bytes);
    }

    private static String hex(String algorithm, byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(bytes));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
