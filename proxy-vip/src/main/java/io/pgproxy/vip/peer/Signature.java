package io.pgproxy.vip.peer;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;

/** HMAC-SHA256 (RFC 2104) over what members say. Confined to one thread at a time. */
final class Signature {
    static final int BYTES = 32;

    private static final String ALGORITHM = "HmacSHA256"; // every Java runtime has it

    private final List<Mac> macs;

    /** @param keys all that are accepted; the first signs */
    Signature(List<SecretKey> keys) {
        macs = keys.stream().map(Signature::mac).toList();
    }

    /** A key that only that secret gives, and only for that use. */
    static SecretKey key(byte[] secret, String use) {
        Mac mac = mac(new SecretKeySpec(secret, ALGORITHM));
        return new SecretKeySpec(mac.doFinal(use.getBytes(StandardCharsets.UTF_8)), ALGORITHM);
    }

    private static Mac mac(SecretKey key) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            return mac;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java runtime has no " + ALGORITHM, e);
        }
    }

    /** Signs the bytes before {@code length}. */
    byte[] of(byte[] bytes, int length) {
        return of(macs.get(0), bytes, length);
    }

    private static byte[] of(Mac mac, byte[] bytes, int length) {
        mac.update(bytes, 0, length);
        return mac.doFinal();
    }

    /** Whether one of the keys signed the bytes before {@code length}; in a time that tells nothing about a key. */
    boolean fits(byte[] bytes, int length, byte[] signature) {
        boolean fits = false;
        for (Mac mac : macs) {
            fits |= MessageDigest.isEqual(of(mac, bytes, length), signature);
        }
        return fits;
    }
}
