package io.pgproxy.health.ask;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where one node is at present. A name is resolved anew every few seconds, on a thread that may block; the last good
 * answer is kept for as long as there is no other. Confined to the control thread.
 */
public final class NodeAddress {
    /** An address that moved is noticed within this; main switches the Java runtime's own cache off. */
    static final Duration LOOKUP_INTERVAL = Duration.ofSeconds(10);

    /** After a failed connect the address may be the reason; but not with every attempt. */
    static final Duration HURRIED_LOOKUP_INTERVAL = Duration.ofSeconds(1);

    private static final Logger LOG = LoggerFactory.getLogger(NodeAddress.class);

    private final String host;
    private final NameLookup lookup;
    private final Executor blocking;
    private final Executor control;

    private final boolean literal;
    private Optional<InetAddress> address;
    private boolean inFlight;
    private boolean lookedUp;
    private long askedNanos;
    private boolean failed;

    /**
     * The address of that host, unknown until {@link #refresh} was called and answered.
     *
     * @param blocking runs lookups, which may hang for as long as the resolver likes
     * @param control runs what follows
     */
    public NodeAddress(String host, NameLookup lookup, Executor blocking, Executor control) {
        this.host = host;
        this.lookup = lookup;
        this.blocking = blocking;
        this.control = control;
        this.address = Optional.ofNullable(NetUtil.createInetAddressFromIpAddressString(host));
        this.literal = address.isPresent();
        this.lookedUp = literal;
    }

    /** The newest address that is known. */
    public Optional<InetAddress> current() {
        return address;
    }

    /** Whether a lookup has ended, well or badly: before that, nobody knows whether there is an address. */
    public boolean isSettled() {
        return lookedUp;
    }

    /** Looks the name up again if it is time to; at most one lookup is under way. */
    public void refresh(boolean hurry, long nowNanos) {
        Duration pause = hurry ? HURRIED_LOOKUP_INTERVAL : LOOKUP_INTERVAL;
        boolean due = !lookedUp || nowNanos - askedNanos >= pause.toNanos();
        if (literal || inFlight || !due) {
            return;
        }
        inFlight = true;
        askedNanos = nowNanos;
        try {
            blocking.execute(this::look);
        } catch (RejectedExecutionException e) {
            inFlight = false; // every thread is busy with a look-up that hangs; it is tried again when it is due
        }
    }

    /** On a thread that may block. */
    private void look() {
        Optional<InetAddress> found;
        try {
            found = Optional.of(lookup.lookup(host));
        } catch (UnknownHostException | RuntimeException e) { // a resolver's own trouble is no address either
            found = Optional.empty();
        }
        Optional<InetAddress> result = found;
        try {
            control.execute(() -> looked(result));
        } catch (RejectedExecutionException e) {
            LOG.debug("{} was resolved too late to matter", host, e);
        }
    }

    private void looked(Optional<InetAddress> found) {
        inFlight = false;
        lookedUp = true;
        if (found.isEmpty() != failed) {
            failed = found.isEmpty();
            tell();
        }
        address = found.or(() -> address);
    }

    private void tell() {
        if (failed) {
            LOG.warn(
                    "cannot resolve {}{}",
                    host,
                    address.map(last -> ", keeping " + last.getHostAddress()).orElse(""));
        } else {
            LOG.info("{} resolves again", host);
        }
    }
}
