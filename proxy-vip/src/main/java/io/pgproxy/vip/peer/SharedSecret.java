package io.pgproxy.vip.peer;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import javax.crypto.SecretKey;

/**
 * What only the members know. Immutable; never shown.
 *
 * <p>Each line of the file is a secret. All of them are accepted, the first is used for what is sent. So a secret is
 * changed without a moment in which members do not understand each other: add the new one as second line on every host,
 * one after the other; then make it the first line, on every host; then take the old one out.
 */
public final class SharedSecret {
    static final int MIN_BYTES = 16;
    static final int MAX_FILE_BYTES = 1024;
    /** Each costs a hash for every forged datagram; a change needs two. */
    static final int MAX_SECRETS = 4;

    private static final Set<PosixFilePermission> NOBODY_ELSES = EnumSet.of(
            PosixFilePermission.GROUP_WRITE,
            PosixFilePermission.OTHERS_READ,
            PosixFilePermission.OTHERS_WRITE,
            PosixFilePermission.OTHERS_EXECUTE);

    private final List<byte[]> secrets;

    private SharedSecret(List<byte[]> secrets) {
        this.secrets = secrets;
    }

    /**
     * Reads a file of 1 to 4 lines, each of at least 16 visible ASCII characters.
     *
     * @throws UnusableSecretException with a text for the operator, which never shows a secret
     */
    public static SharedSecret read(Path file) throws UnusableSecretException {
        try {
            PosixFileAttributes attributes = Files.readAttributes(file, PosixFileAttributes.class);
            refuseNoFile(file, attributes);
            refuseOpenMode(file, attributes);
            try (InputStream in = Files.newInputStream(file)) {
                return parse(file, in.readNBytes(MAX_FILE_BYTES + 1));
            }
        } catch (IOException e) {
            throw new UnusableSecretException(file, "can't be read: " + e);
        }
    }

    private static void refuseNoFile(Path file, PosixFileAttributes attributes) throws UnusableSecretException {
        if (!attributes.isRegularFile()) {
            throw new UnusableSecretException(file, "is not a file");
        }
    }

    private static void refuseOpenMode(Path file, PosixFileAttributes attributes) throws UnusableSecretException {
        Set<PosixFilePermission> tooMuch = EnumSet.copyOf(NOBODY_ELSES);
        tooMuch.retainAll(attributes.permissions());
        if (!tooMuch.isEmpty()) {
            throw new UnusableSecretException(
                    file,
                    "has the mode " + PosixFilePermissions.toString(attributes.permissions())
                            + ", and who is not its owner could read or change it; chmod 640 it, or 600");
        }
    }

    static SharedSecret parse(Path file, byte[] content) throws UnusableSecretException {
        if (content.length > MAX_FILE_BYTES) {
            throw new UnusableSecretException(file, "is longer than " + MAX_FILE_BYTES + " bytes");
        }
        // One character a byte, and the same bytes again below, whatever they are.
        String text = new String(content, StandardCharsets.ISO_8859_1);
        List<byte[]> secrets = new ArrayList<>();
        for (String line : withoutLastLineEnd(text).split("\n", -1)) {
            String secret = line.endsWith("\r") ? line.substring(0, line.length() - 1) : line;
            refuseWeak(file, secrets.size() + 1, secret);
            secrets.add(secret.getBytes(StandardCharsets.ISO_8859_1));
        }
        if (secrets.size() > MAX_SECRETS) {
            throw new UnusableSecretException(file, "has more than " + MAX_SECRETS + " lines");
        }
        return new SharedSecret(secrets);
    }

    private static String withoutLastLineEnd(String text) {
        return text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
    }

    /** What can't be seen or may be spelled in several ways would differ from host to host, and nobody could tell. */
    private static void refuseWeak(Path file, int line, String secret) throws UnusableSecretException {
        if (secret.length() < MIN_BYTES) {
            throw new UnusableSecretException(
                    file,
                    "has " + secret.length() + " characters in line " + line + "; a secret has at least " + MIN_BYTES
                            + ", such as openssl rand -base64 32 makes");
        }
        if (!secret.chars().allMatch(c -> c >= ' ' && c <= '~') || !secret.equals(secret.strip())) {
            throw new UnusableSecretException(
                    file,
                    "has something else than visible ASCII characters in line " + line
                            + ", or a space at its end or beginning; openssl rand -base64 32 makes a secret");
        }
    }

    /**
     * The keys for one use, that for what is sent first.
     *
     * @param use a text of its own for each use, so that what is signed for one proves nothing in another
     */
    List<SecretKey> keys(String use) {
        return secrets.stream().map(secret -> Signature.key(secret, use)).toList();
    }

    @Override
    public String toString() {
        return "a shared secret of " + secrets.size() + " lines";
    }
}
