package io.pgproxy.health.ask;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.pgproxy.config.NodeConfig;
import io.pgproxy.config.PatroniConfig;
import java.nio.file.Path;
import java.util.Optional;
import javax.net.ssl.SSLException;

/**
 * How Patroni's certificate is judged and which of ours it is shown. Certificates are read once, at the start.
 * Immutable.
 */
public final class PatroniTls {
    /** The name in the certificate must be the one in our configuration (RFC 2818). */
    private static final String VERIFY_HOST = "HTTPS";

    private final SslContext context;

    private PatroniTls(SslContext context) {
        this.context = context;
    }

    /**
     * Reads the certificates and the key.
     *
     * @throws IllegalArgumentException if one cannot be read or used, saying which
     */
    public static PatroniTls read(PatroniConfig config) {
        SslContextBuilder builder = SslContextBuilder.forClient()
                .sslProvider(SslProvider.JDK)
                .endpointIdentificationAlgorithm(config.verifyHost() ? VERIFY_HOST : null);
        config.caFile().ifPresent(file -> trust(builder, file));
        present(builder, config.certificateFile(), config.keyFile());
        try {
            return new PatroniTls(builder.build());
        } catch (SSLException e) {
            throw new IllegalArgumentException("TLS for Patroni cannot be set up: " + e.getMessage(), e);
        }
    }

    ChannelHandler handler(Channel channel, NodeConfig node) {
        SslHandler handler = context.newHandler(channel.alloc(), node.host(), node.patroniPort());
        // The check has a deadline of its own, and nobody waits for Patroni's goodbye.
        handler.setHandshakeTimeoutMillis(0);
        handler.setCloseNotifyFlushTimeoutMillis(0);
        return handler;
    }

    private static void trust(SslContextBuilder builder, Path caFile) {
        try {
            builder.trustManager(caFile.toFile());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("patroni.ca-file: cannot use " + caFile + ": " + reason(e), e);
        }
    }

    private static void present(SslContextBuilder builder, Optional<Path> certificate, Optional<Path> key) {
        if (certificate.isEmpty() || key.isEmpty()) {
            return;
        }
        try {
            builder.keyManager(certificate.get().toFile(), key.get().toFile());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "patroni.certificate-file, key-file: cannot use " + certificate.get() + " with " + key.get() + ": "
                            + reason(e),
                    e);
        }
    }

    private static String reason(IllegalArgumentException e) {
        Throwable cause = e.getCause() != null ? e.getCause() : e;
        return cause.toString();
    }
}
