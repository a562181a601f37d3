package io.pgproxy.health.ask;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.handler.ssl.SslHandler;
import io.pgproxy.config.NodeConfig;
import io.pgproxy.config.PatroniConfig;
import io.pgproxy.health.ask.PatroniTls.Expiry;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The certificates of the way to Patroni, ours and theirs, over time: ours are picked up when they are renewed on disk,
 * both are watched for their end. {@link #look} is confined to a thread that may block; the rest is safe from any.
 */
public final class PatroniCertificates {
    /** A renewed certificate is used within this; the files are read, so a swapped link is noticed too. */
    public static final Duration LOOK_INTERVAL = Duration.ofSeconds(5);

    /** Time enough to find out who renews them. */
    static final Duration WARN_BEFORE = Duration.ofDays(14);

    private static final Duration WARN_AGAIN = Duration.ofDays(1);
    private static final Logger LOG = LoggerFactory.getLogger(PatroniCertificates.class);

    private final PatroniConfig config;
    private final InstantSource clock;

    /** By node: what it showed last. Bounded by the configuration. */
    private final Map<String, Instant> shown = new ConcurrentHashMap<>();

    private final Map<String, Instant> warned = new HashMap<>();
    private String trouble = "";

    /** Written by the thread that looks, read by any. */
    private volatile PatroniTls tls;

    /**
     * Reads the files.
     *
     * @throws IllegalArgumentException if one cannot be read or used, saying which
     */
    public PatroniCertificates(PatroniConfig config, InstantSource clock) {
        this.config = config;
        this.clock = clock;
        this.tls = PatroniTls.read(config);
    }

    /** Picks up what was renewed, and warns of what ends soon. */
    public void look() {
        try {
            renew();
            trouble = "";
        } catch (IllegalArgumentException e) {
            complain(e.getMessage() == null ? e.toString() : e.getMessage());
        }
        warn();
    }

    /** When the first certificate in each of our files expires, by the file's key. */
    public Map<String, Instant> ofFiles() {
        Map<String, Instant> ends = new TreeMap<>();
        tls.expiries().forEach((key, expiry) -> ends.put(key, expiry.at()));
        return ends;
    }

    /** When the certificate expires that the node's Patroni showed last; empty if it has shown none. */
    public Optional<Instant> ofNode(String node) {
        return Optional.ofNullable(shown.get(node));
    }

    /** One sentence for each certificate that has expired or soon will. */
    public List<String> warnings() {
        Instant now = clock.instant();
        List<String> warnings = new ArrayList<>();
        for (Expiry expiry : all()) {
            if (isNear(expiry, now)) {
                warnings.add(text(expiry, now));
            }
        }
        return warnings;
    }

    ChannelHandler handler(Channel channel, NodeConfig node) {
        SslHandler handler = tls.handler(channel, node);
        handler.handshakeFuture().addListener(done -> {
            if (done.isSuccess()) {
                noteExpiry(node.name(), handler);
            }
        });
        return handler;
    }

    private void noteExpiry(String node, SslHandler handler) {
        try {
            Certificate[] chain = handler.engine().getSession().getPeerCertificates();
            if (chain[0] instanceof X509Certificate certificate) {
                shown.put(node, certificate.getNotAfter().toInstant());
            }
        } catch (SSLPeerUnverifiedException e) {
            LOG.debug("node {} has shown no certificate", node, e);
        }
    }

    private void renew() {
        if (!tls.isCurrent(config)) {
            PatroniTls before = tls;
            PatroniTls renewed = PatroniTls.read(config);
            tls = renewed;
            for (Expiry expiry : renewed.expiriesNewSince(before)) {
                LOG.info("{} was picked up, it expires on {}", expiry.what(), expiry.at());
            }
        }
    }

    /** Once for each reason: renewals write one file after the other, and the next look may find them matching. */
    private void complain(String reason) {
        if (!reason.equals(trouble)) {
            LOG.warn("{}; the certificates read before stay in use", reason);
        }
        trouble = reason;
    }

    private void warn() {
        Instant now = clock.instant();
        for (Expiry expiry : all()) {
            Instant last = warned.get(expiry.what());
            boolean due = last == null || !now.isBefore(last.plus(WARN_AGAIN));
            if (isNear(expiry, now) && due) {
                warned.put(expiry.what(), now);
                LOG.warn("{}", text(expiry, now));
            }
        }
    }

    private List<Expiry> all() {
        List<Expiry> all = new ArrayList<>(tls.expiries().values());
        new TreeMap<>(shown).forEach((node, at) -> all.add(new Expiry("the certificate of node " + node, at)));
        return all;
    }

    private static boolean isNear(Expiry expiry, Instant now) {
        return !now.plus(WARN_BEFORE).isBefore(expiry.at());
    }

    private static String text(Expiry expiry, Instant now) {
        return now.isBefore(expiry.at())
                ? expiry.what() + " expires in "
                        + Duration.between(now, expiry.at()).toDays() + " days, on " + expiry.at()
                : expiry.what() + " has expired on " + expiry.at();
    }
}
