package io.pgproxy.vip.peer;

import static java.util.concurrent.TimeUnit.MINUTES;

import io.pgproxy.config.HostAndPort;
import io.pgproxy.config.IpText;
import io.pgproxy.vip.machine.Member;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Counts what a link does, and says once a minute for each reason what an operator can mend. Safe from any thread.
 */
final class LinkMeter {
    private static final Logger LOG = LoggerFactory.getLogger(PeerLink.class);
    private static final long LINE_NANOS = MINUTES.toNanos(1);

    private final LongAdder heard = new LongAdder();
    private final LongAdder sent = new LongAdder();
    private final LongAdder unsent = new LongAdder();
    private final Map<Rejection, LongAdder> rejected = new EnumMap<>(Rejection.class);
    private final Map<Object, Line> lines = new HashMap<>();

    /** When it was said last, and how often there was no line since. */
    private record Line(long saidNanos, long unsaid) {}

    LinkMeter() {
        for (Rejection why : Rejection.values()) {
            rejected.put(why, new LongAdder());
        }
    }

    void heard() {
        heard.increment();
    }

    void rejected(Decoded.Rejected rejection, InetSocketAddress source, long nowNanos) {
        Objects.requireNonNull(rejected.get(rejection.why())).increment();
        long unsaid = lineIsDue(rejection.why(), nowNanos);
        if (unsaid >= 0) {
            String from = HostAndPort.text(IpText.of(source.getAddress()), source.getPort());
            // Where a peer's name has two addresses every message comes twice.
            Level level = rejection.why() == Rejection.OLD ? Level.DEBUG : Level.WARN;
            LOG.atLevel(level).log("peer link: a datagram from {} {}{}", from, rejection, andMore(unsaid));
        }
    }

    void sent() {
        sent.increment();
    }

    /** The receiver's name has not resolved yet, which {@link PeerPlaces} has said. */
    void unsent() {
        unsent.increment();
    }

    void unsent(Member member, String why, long nowNanos) {
        unsent();
        long unsaid = lineIsDue(member, nowNanos);
        if (unsaid >= 0) {
            LOG.warn("peer {}: can't be sent to: {}{}", member, why, andMore(unsaid));
        }
    }

    /** The socket could not be read. */
    void unread(IOException e, long nowNanos) {
        long unsaid = lineIsDue(e.getClass(), nowNanos);
        if (unsaid >= 0) {
            LOG.warn("peer link: reading fails: {}{}", e, andMore(unsaid));
        }
    }

    /** A datagram was lost by our own fault. */
    void mistake(RuntimeException e, long nowNanos) {
        long unsaid = lineIsDue(e.getClass(), nowNanos);
        if (unsaid >= 0) {
            LOG.error("peer link: a mistake of ours; a datagram is lost{}", andMore(unsaid), e);
        }
    }

    private static String andMore(long unsaid) {
        return unsaid == 0 ? "" : "; " + unsaid + " more of the kind since the last such line";
    }

    /** How many were passed over since the last line; negative if it is too early for another. */
    private synchronized long lineIsDue(Object kind, long nowNanos) {
        Line last = lines.get(kind);
        if (last != null && nowNanos - last.saidNanos() < LINE_NANOS) {
            lines.put(kind, new Line(last.saidNanos(), last.unsaid() + 1));
            return -1;
        }
        lines.put(kind, new Line(nowNanos, 0));
        return last == null ? 0 : last.unsaid();
    }

    LinkCounts counts() {
        Map<Rejection, Long> byReason = new EnumMap<>(Rejection.class);
        rejected.forEach((why, count) -> byReason.put(why, count.sum()));
        return new LinkCounts(heard.sum(), byReason, sent.sum(), unsent.sum());
    }
}
