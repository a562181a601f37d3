package io.pgproxy.health;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.pgproxy.config.NodeConfig;
import io.pgproxy.health.ask.PatroniCertificates;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * When certificates expire, whether somebody should do something about it, and whether renewal works, looked up at each
 * scrape. Safe from any thread.
 */
record CertificateGauges(MeterRegistry registry, PatroniCertificates certificates) implements NodeFollower {
    private static final String NODE_EXPIRY = "pgproxy.node.certificate.expiry.timestamp.seconds";
    private static final String NODE_ENDING = "pgproxy.node.certificate.ending";

    void registerStale() {
        Gauge.builder("pgproxy.patroni.certificate.stale", () -> certificates.isStale() ? 1 : 0)
                .description("1 while the certificate files on disk cannot be used and older ones are in use")
                .register(registry);
    }

    void registerFile(String key) {
        Gauge.builder(
                        "pgproxy.patroni.certificate.expiry.timestamp.seconds",
                        () -> seconds(Optional.ofNullable(certificates.ofFiles().get(key))))
                .description("When the file is of no use any more, in seconds since 1970")
                .tag("file", key)
                .register(registry);
        Gauge.builder(
                        "pgproxy.patroni.certificate.ending",
                        () -> certificates.endingFiles().contains(key) ? 1 : 0)
                .description("1 while pgproxy warns of the end of the certificates in the file")
                .tag("file", key)
                .register(registry);
    }

    /** Who is asked over plain HTTP shows none. */
    @Override
    public void joined(NodeConfig node) {
        if (node.patroniScheme() == NodeConfig.Scheme.HTTPS) {
            registerNode(node.name());
        }
    }

    private void registerNode(String node) {
        Gauge.builder(NODE_EXPIRY, () -> seconds(certificates.ofNode(node)))
                .description("When the certificate expires that the node's Patroni showed last, in seconds since 1970")
                .tag("node", node)
                .register(registry);
        Gauge.builder(NODE_ENDING, () -> certificates.isEnding(node) ? 1 : 0)
                .description("1 while pgproxy warns of the end of the certificate that the node's Patroni showed last")
                .tag("node", node)
                .register(registry);
    }

    @Override
    public void left(NodeConfig node) {
        for (String name : List.of(NODE_EXPIRY, NODE_ENDING)) {
            registry.find(name).tag("node", node.name()).gauges().forEach(registry::remove);
        }
        certificates.forget(node.name());
    }

    private static double seconds(Optional<Instant> expiry) {
        return expiry.map(at -> (double) at.getEpochSecond()).orElse(Double.NaN);
    }
}
