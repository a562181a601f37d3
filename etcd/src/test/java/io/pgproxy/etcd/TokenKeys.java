package io.pgproxy.etcd;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.Base64;

/** What a member needs for tokens that end by the clock, however busy they are; the simple ones end when nobody uses them. */
public final class TokenKeys {
    private TokenKeys() {}

    /**
     * Etcd's option {@code --auth-token} for such tokens, whose keys are written to that folder.
     *
     * @param ttl such as {@code 1s}
     */
    public static String option(Path folder, String ttl) throws GeneralSecurityException, IOException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        KeyPair keys = generator.generateKeyPair();
        Path publicKey =
                pem(folder.resolve("public.pem"), "PUBLIC KEY", keys.getPublic().getEncoded());
        Path privateKey = pem(
                folder.resolve("private.pem"), "PRIVATE KEY", keys.getPrivate().getEncoded());
        return "jwt,pub-key=" + publicKey + ",priv-key=" + privateKey + ",sign-method=RS256,ttl=" + ttl;
    }

    private static Path pem(Path file, String kind, byte[] encoded) throws IOException {
        String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(encoded);
        return Files.writeString(file, "-----BEGIN " + kind + "-----\n" + base64 + "\n-----END " + kind + "-----\n");
    }
}
