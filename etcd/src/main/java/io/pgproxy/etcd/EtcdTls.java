package io.pgproxy.etcd;

import io.grpc.netty.GrpcSslContexts;
import io.grpc.util.AdvancedTlsX509KeyManager;
import io.grpc.util.AdvancedTlsX509TrustManager;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.pgproxy.config.EtcdConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Optional;
import javax.net.ssl.SSLException;

/**
 * How etcd's certificates are judged and which of ours they are shown. The files may be read again while connections are
 * being made; new ones then go by the new content. Safe from any thread.
 */
final class EtcdTls {
    private final EtcdConfig config;
    private final Optional<AdvancedTlsX509TrustManager> trust;
    private final Optional<AdvancedTlsX509KeyManager> identity;

    /** @throws IllegalArgumentException if a file cannot be used, saying which and why */
    EtcdTls(EtcdConfig config) {
        this.config = config;
        trust = config.caFile().map(path -> trustManager());
        identity = config.certificateFile().map(path -> new AdvancedTlsX509KeyManager());
        read();
    }

    private static AdvancedTlsX509TrustManager trustManager() {
        try {
            return AdvancedTlsX509TrustManager.newBuilder().build();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java runtime has no X.509", e);
        }
    }

    /**
     * Reads the files; may block. What cannot be used leaves what was read before.
     *
     * @throws IllegalArgumentException if a file cannot be used, saying which and why
     */
    void read() {
        trust.ifPresent(this::readAuthorities);
        identity.ifPresent(this::readIdentity);
    }

    private void readAuthorities(AdvancedTlsX509TrustManager manager) {
        Path file = config.caFile().orElseThrow();
        try {
            manager.updateTrustCredentials(file.toFile());
        } catch (IOException | GeneralSecurityException | RuntimeException e) {
            throw unusable("etcd.ca-file", file.toString(), e);
        }
    }

    private void readIdentity(AdvancedTlsX509KeyManager manager) {
        Path certificate = config.certificateFile().orElseThrow();
        Path key = config.keyFile().orElseThrow();
        try {
            manager.updateIdentityCredentials(certificate.toFile(), key.toFile());
        } catch (IOException | GeneralSecurityException | RuntimeException e) {
            throw unusable("etcd.certificate-file and etcd.key-file", certificate + " and " + key, e);
        }
    }

    private static IllegalArgumentException unusable(String keys, String files, Exception why) {
        return new IllegalArgumentException(keys + ": cannot use " + files + ": " + why.getMessage(), why);
    }

    SslContext context() {
        SslContextBuilder builder = GrpcSslContexts.configure(SslContextBuilder.forClient(), SslProvider.JDK);
        trust.ifPresent(builder::trustManager);
        identity.ifPresent(builder::keyManager);
        try {
            return builder.build();
        } catch (SSLException e) {
            throw new IllegalArgumentException("TLS for etcd cannot be set up: " + e.getMessage(), e);
        }
    }
}
