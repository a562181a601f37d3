package io.pgproxy.health.ask;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.handler.ssl.SslHandler;
import io.pgproxy.config.NodeConfig;
import io.pgproxy.config.PatroniConfig;
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
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
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

    private static final Duration WARN_AGAIN = Duration.ofDays(1);
    private static final Logger LOG = LoggerFactory.getLogger(PatroniCertificates.class);

    private final PatroniConfig config;
    private final InstantSource clock;

    /** By node that is asked: what it showed last, as far as it has shown something. */
    private final Map<String, Shown> shown = new ConcurrentHashMap<>();

    private final Map<String, Instant> warned = new HashMap<>();
    private Instant complained = Instant.MIN;

    /** Why what is on disk is not in use; empty if it is. Written by the thread that looks, read by any. */
    private volatile String trouble = "";

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

    /** When each of our files is of no use any more, by the file's key: the first end in a chain, the last of authorities. */
    public Map<String, Instant> ofFiles() {
        return tls.expiries().entrySet().stream()
                .collect(Collectors.toUnmodifiableMap(
                        Map.Entry::getKey, file -> file.getValue().at()));
    }

    /** The keys of those files whose end is warned of. */
    public Set<String> endingFiles() {
        Instant now = clock.instant();
        return tls.expiries().entrySet().stream()
                .filter(file -> file.getValue().isNear(now))
                .map(Map.Entry::getKey)
                .collect(Collectors.toUnmodifiableSet());
    }

    /** When the certificate expires that the node's Patroni showed last; empty if it has shown none. */
    public Optional<Instant> ofNode(String node) {
        return shownBy(node).map(Expiry::at);
    }

    private Optional<Expiry> shownBy(String node) {
        return Optional.ofNullable(shown.get(node)).flatMap(Shown::last);
    }

    /** That node is not asked any more, so nobody is told of its certificate; nor of one that it is just showing. */
    public void forget(String node) {
        shown.remove(node);
    }

    /** Whether the end of that certificate is warned of. */
    public boolean isEnding(String node) {
        Instant now = clock.instant();
        return shownBy(node).filter(expiry -> expiry.isNear(now)).isPresent();
    }

    /** Whether other certificates are in use than those on disk, because those cannot be used. */
    public boolean isStale() {
        return !trouble.isEmpty();
    }

    /** One sentence for each certificate that has expired or soon will, and one if they could not be renewed. */
    public List<String> warnings() {
        Instant now = clock.instant();
        List<String> warnings = new ArrayList<>();
        String reason = trouble;
        if (!reason.isEmpty()) {
            warnings.add(staleText(reason));
        }
        for (Expiry expiry : all()) {
            if (expiry.isNear(now)) {
                warnings.add(expiry.text(now));
            }
        }
        return warnings;
    }

    ChannelHandler handler(Channel channel, NodeConfig node) {
        SslHandler handler = tls.handler(channel, node);
        Shown byNode = shown.computeIfAbsent(node.name(), name -> new Shown());
        handler.handshakeFuture().addListener(done -> {
            if (done.isSuccess()) {
                noteExpiry(node.name(), handler, byNode);
            }
        });
        return handler;
    }

    private static void noteExpiry(String node, SslHandler handler, Shown byNode) {
        try {
            Certificate[] chain = handler.engine().getSession().getPeerCertificates();
            if (chain[0] instanceof X509Certificate certificate) {
                byNode.last = Optional.of(Expiry.of("the certificate of node " + node, certificate));
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

    /**
     * Once for each reason, since renewals write one file after the other and the next look may find them matching; and
     * then once a day, before what is in use runs out.
     */
    private void complain(String reason) {
        Instant now = clock.instant();
        if (!reason.equals(trouble) || !now.isBefore(complained.plus(WARN_AGAIN))) {
            LOG.warn("{}", staleText(reason));
            complained = now;
        }
        trouble = reason;
    }

    private static String staleText(String reason) {
        return reason + "; the certificates read before stay in use";
    }

    private void warn() {
        Instant now = clock.instant();
        warned.values().removeIf(last -> !now.isBefore(last.plus(WARN_AGAIN))); // of nodes that are gone, too
        for (Expiry expiry : all()) {
            if (expiry.isNear(now) && !warned.containsKey(expiry.what())) {
                warned.put(expiry.what(), now);
                LOG.warn("{}", expiry.text(now));
            }
        }
    }

    private List<Expiry> all() {
        List<Expiry> all = new ArrayList<>(tls.expiries().values());
        new TreeMap<>(shown).values().forEach(byNode -> byNode.last().ifPresent(all::add));
        return all;
    }

    /** What one node has shown, for as long as it is asked. Safe from any thread. */
    private static final class Shown {
        private volatile Optional<Expiry> last = Optional.empty();

        Optional<Expiry> last() {
            return last;
        }
    }
}
