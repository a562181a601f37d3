package io.pgproxy.health.ask;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A file with certificates or a key, as it was when it was read. Immutable.
 *
 * @param key the configuration's key that names it
 */
record PemFile(String key, Path path, String content) {
    /** The bundle of all public authorities takes a quarter of it. */
    static final long MAX_BYTES = 1024 * 1024;

    private static final Pattern CERTIFICATE =
            Pattern.compile("-----BEGIN (?:X509 )?CERTIFICATE-----[^-]*-----END (?:X509 )?CERTIFICATE-----");

    /** What is left of a certificate, beside the whole ones, while the file is being written. */
    private static final Pattern HALF =
            Pattern.compile("-----BEGIN (?:X509 )?CERTIFICATE-----|-----BEGIN[^-]*-{0,4}\\z");

    private static final Pattern PKCS8 =
            Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]*)-----END PRIVATE KEY-----");

    private static final List<String> ALGORITHMS = List.of("RSA", "EC", "EdDSA", "RSASSA-PSS");

    /**
     * Reads the file; may block.
     *
     * @throws IllegalArgumentException if that can't be done, saying which key, which file and why
     */
    static PemFile read(String key, Path path) {
        try {
            if (Files.isDirectory(path)) {
                throw unusable(key, path, "it is a folder");
            }
            if (Files.exists(path) && !Files.isRegularFile(path)) {
                throw unusable(key, path, "it is no regular file");
            }
            if (Files.size(path) > MAX_BYTES) {
                throw unusable(key, path, "it is larger than " + MAX_BYTES + " bytes");
            }
            return new PemFile(key, path, new String(Files.readAllBytes(path), StandardCharsets.ISO_8859_1));
        } catch (NoSuchFileException e) {
            throw unusable(key, path, "there is no such file");
        } catch (AccessDeniedException e) {
            throw unusable(key, path, "it may not be read");
        } catch (IOException e) {
            throw unusable(key, path, e.toString());
        }
    }

    /** Its certificates, at least one. */
    List<X509Certificate> certificates() {
        if (HALF.matcher(CERTIFICATE.matcher(content).replaceAll("")).find()) {
            throw unusable("a certificate in it has no end");
        }
        try {
            List<X509Certificate> certificates = new ArrayList<>();
            byte[] bytes = CERTIFICATE
                    .matcher(content)
                    .results()
                    .map(MatchResult::group)
                    .collect(Collectors.joining("\n"))
                    .getBytes(StandardCharsets.ISO_8859_1);
            for (Certificate certificate :
                    CertificateFactory.getInstance("X.509").generateCertificates(new ByteArrayInputStream(bytes))) {
                certificates.add((X509Certificate) certificate);
            }
            if (certificates.isEmpty()) {
                throw unusable("it has no certificate in it");
            }
            return certificates;
        } catch (CertificateException e) {
            throw unusable("its certificates cannot be read (" + e.getMessage() + ")");
        }
    }

    /** Its private key. */
    PrivateKey privateKey() {
        Matcher pem = PKCS8.matcher(content);
        if (!pem.find()) {
            throw unusable("it has no unencrypted PKCS#8 key in it (BEGIN PRIVATE KEY)");
        }
        byte[] encoded;
        try {
            encoded = Base64.getMimeDecoder().decode(pem.group(1));
        } catch (IllegalArgumentException e) {
            throw unusable("its key is broken (" + e.getMessage() + ")");
        }
        return ALGORITHMS.stream()
                .flatMap(algorithm -> decode(algorithm, encoded).stream())
                .findFirst()
                .orElseThrow(() -> unusable("its key is broken, or of a kind that this Java runtime does not know"));
    }

    /** Empty for a key of another kind. */
    private static Optional<PrivateKey> decode(String algorithm, byte[] encoded) {
        try {
            return Optional.of(KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(encoded)));
        } catch (GeneralSecurityException e) {
            return Optional.empty();
        }
    }

    IllegalArgumentException unusable(String why) {
        return unusable(key, path, why);
    }

    /** A key's content is for nobody's log. */
    @Override
    public String toString() {
        return "patroni." + key + " " + path;
    }

    private static IllegalArgumentException unusable(String key, Path path, String why) {
        return new IllegalArgumentException("patroni." + key + ": cannot use " + path + ": " + why);
    }
}
