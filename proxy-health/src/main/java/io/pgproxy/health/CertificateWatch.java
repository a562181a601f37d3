package io.pgproxy.health;

import io.pgproxy.health.ask.PatroniCertificates;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks at the certificates' files every few seconds, on a thread of its own: a disk may hang. Safe from any thread. */
final class CertificateWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CertificateWatch.class);

    private final PatroniCertificates certificates;
    private final Duration interval;
    private final ScheduledExecutorService thread =
            Executors.newSingleThreadScheduledExecutor(work -> HealthAssembly.daemon(work, "certificates"));

    CertificateWatch(PatroniCertificates certificates) {
        this(certificates, PatroniCertificates.LOOK_INTERVAL);
    }

    CertificateWatch(PatroniCertificates certificates, Duration interval) {
        this.certificates = certificates;
        this.interval = interval;
    }

    void start() {
        thread.scheduleWithFixedDelay(this::look, 0, interval.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** A mistake of ours must not end the watch for good. */
    private void look() {
        try {
            certificates.look();
        } catch (RuntimeException e) {
            LOG.error("the certificates are looked at again later", e);
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
