package io.pgproxy.health.ask;

import io.netty.channel.Channel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.pgproxy.config.NodeConfig;
import io.pgproxy.config.PatroniConfig;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAKey;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import javax.net.ssl.SSLException;

/**
 * How Patroni's certificate is judged and which of ours it is shown, by the files as they were when they were read.
 * Immutable.
 */
final class PatroniTls {
    /** The name in the certificate must be the one in our configuration (RFC 2818). */
    private static final String VERIFY_HOST = "HTTPS";

    private static final String AUTHORITIES = "ca-file";
    private static final String CERTIFICATE = "certificate-file";
    private static final String KEY = "key-file";

    private final List<PemFile> files;
    private final Map<String, Expiry> expiries = new TreeMap<>();
    private final SslContext context;

    private PatroniTls(List<PemFile> files, SslContext context) {
        this.files = List.copyOf(files);
        this.context = context;
        for (PemFile file : files) {
            if (!file.key().equals(KEY)) {
                List<X509Certificate> certificates = file.certificates();
                expiries.put(
                        file.key(),
                        file.key().equals(AUTHORITIES)
                                ? Expiry.ofLast(file.toString(), certificates)
                                : Expiry.ofFirst(file.toString(), certificates));
            }
        }
    }

    /**
     * Reads the certificates and the key.
     *
     * @throws IllegalArgumentException if one cannot be read or used, saying which
     */
    static PatroniTls read(PatroniConfig config) {
        SslContextBuilder builder = SslContextBuilder.forClient()
                .sslProvider(SslProvider.JDK)
                .endpointIdentificationAlgorithm(config.verifyHost() ? VERIFY_HOST : null);
        List<PemFile> files = files(config);
        Optional<PemFile> authorities = named(AUTHORITIES, files);
        authorities.ifPresent(file -> builder.trustManager(file.certificates()));
        Optional<PemFile> certificate = named(CERTIFICATE, files);
        Optional<PemFile> key = named(KEY, files);
        if (certificate.isPresent() && key.isPresent()) {
            present(builder, certificate.get(), key.get());
        }
        try {
            return new PatroniTls(files, builder.build());
        } catch (SSLException e) {
            throw new IllegalArgumentException("TLS for Patroni cannot be set up: " + root(e).getMessage(), e);
        }
    }

    /** Whether the files have the same content still; if one cannot be read, they have not. */
    boolean isCurrent(PatroniConfig config) {
        return files.equals(files(config));
    }

    /** When each file is of no use any more, by the file's key. */
    Map<String, Expiry> expiries() {
        return Collections.unmodifiableMap(expiries);
    }

    /** The same, of those files only whose content is another one than it was. */
    List<Expiry> expiriesNewSince(PatroniTls before) {
        return files.stream()
                .filter(file -> !before.files.contains(file))
                .flatMap(file -> Optional.ofNullable(expiries.get(file.key())).stream())
                .toList();
    }

    SslHandler handler(Channel channel, NodeConfig node) {
        SslHandler handler = context.newHandler(channel.alloc(), node.host(), node.patroniPort());
        // The check has a deadline of its own, and nobody waits for Patroni's goodbye.
        handler.setHandshakeTimeoutMillis(0);
        handler.setCloseNotifyFlushTimeoutMillis(0);
        return handler;
    }

    /** The outer ones only say that something has failed. */
    private static Throwable root(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root;
    }

    private static List<PemFile> files(PatroniConfig config) {
        List<PemFile> files = new ArrayList<>();
        config.caFile().ifPresent(path -> files.add(PemFile.read(AUTHORITIES, path)));
        config.certificateFile().ifPresent(path -> files.add(PemFile.read(CERTIFICATE, path)));
        config.keyFile().ifPresent(path -> files.add(PemFile.read(KEY, path)));
        return files;
    }

    private static Optional<PemFile> named(String key, List<PemFile> files) {
        return files.stream().filter(file -> file.key().equals(key)).findFirst();
    }

    private static void present(SslContextBuilder builder, PemFile certificateFile, PemFile keyFile) {
        List<X509Certificate> chain = certificateFile.certificates();
        PrivateKey key = keyFile.privateKey();
        if (!belongTogether(chain.get(0), key, keyFile)) {
            // Nobody else looks: the handshake would fail with the other side's words.
            throw keyFile.unusable("it does not belong to the certificate in " + certificateFile.path());
        }
        builder.keyManager(key, chain);
    }

    private static boolean belongTogether(X509Certificate certificate, PrivateKey key, PemFile keyFile) {
        byte[] anything = "pgproxy".getBytes(StandardCharsets.US_ASCII);
        byte[] signed;
        Signature signature;
        try {
            signature = signature(key);
            signature.initSign(key);
            signature.update(anything);
            signed = signature.sign();
        } catch (GeneralSecurityException e) {
            throw keyFile.unusable("a key of its kind (" + key.getAlgorithm() + ") is not supported");
        }
        try {
            signature.initVerify(certificate.getPublicKey());
            signature.update(anything);
            return signature.verify(signed);
        } catch (GeneralSecurityException e) {
            return false; // a key of another kind than the certificate's
        }
    }

    private static Signature signature(PrivateKey key) throws GeneralSecurityException {
        return switch (key.getAlgorithm()) {
            case "RSA" -> Signature.getInstance("SHA256withRSA");
            case "EC" -> Signature.getInstance("SHA256withECDSA");
            case "RSASSA-PSS" -> pss(key);
            default -> Signature.getInstance(key.getAlgorithm());
        };
    }

    /** Such a key may say with which parameters it is to be used; if it does not, any will do. */
    private static Signature pss(PrivateKey key) throws GeneralSecurityException {
        Signature signature = Signature.getInstance("RSASSA-PSS");
        AlgorithmParameterSpec own = key instanceof RSAKey rsa ? rsa.getParams() : null;
        signature.setParameter(
                own != null ? own : new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, 32, 1));
        return signature;
    }
}
