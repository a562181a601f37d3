package io.pgproxy.health.ask;

import io.netty.util.NetUtil;
import io.pgproxy.health.decide.Notice;
import io.pgproxy.health.decide.Notice.Level;
import io.pgproxy.health.decide.ProbeOutcome.Kind;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where one node is asked at present. A name is resolved anew every few seconds, on a thread that may block; the last
 * good answer is kept for as long as there is no other. Confined to the control thread.
 */
public final class NodeAddress {
    /** An address that moved is noticed within this; main switches the Java runtime's own cache off. */
    static final Duration LOOKUP_INTERVAL = Duration.ofSeconds(10);

    /** After a failed check the address may be the reason; but not with every attempt. */
    static final Duration HURRIED_LOOKUP_INTERVAL = Duration.ofSeconds(1);

    /**
     * Sessions' complaints count once in this time: when the address has changed, those that still try the one before
     * speak of that. A connect takes two seconds at most by default.
     */
    static final Duration COMPLAINTS_REST = Duration.ofSeconds(5);

    private static final Logger LOG = LoggerFactory.getLogger(NodeAddress.class);

    private final String host;
    private final NameLookup lookup;
    private final Executor blocking;
    private final Executor control;
    private final Consumer<Notice> log;
    private final boolean literal;
    private final AddressChoice choice;

    private boolean inFlight;
    private boolean lookedUp;
    private long askedNanos;
    private OptionalLong complainedNanos = OptionalLong.empty();
    private Resolver resolver = Resolver.ANSWERS;

    /** How the last look-up went. */
    private enum Resolver {
        ANSWERS,
        LATE,
        FAILS
    }

    /**
     * The address of that host, unknown until {@link #refresh} was called and answered.
     *
     * @param fall checks without an answer, in a row, after which another of its addresses is asked
     * @param blocking runs lookups, which may hang for as long as the resolver likes
     * @param control runs what follows
     * @param log is told of each change, on control
     */
    public NodeAddress(
            String host, int fall, NameLookup lookup, Executor blocking, Executor control, Consumer<Notice> log) {
        this.host = host;
        this.choice = new AddressChoice(fall);
        this.lookup = lookup;
        this.blocking = blocking;
        this.control = control;
        this.log = log;
        Optional<InetAddress> address = Optional.ofNullable(NetUtil.createInetAddressFromIpAddressString(host));
        this.literal = address.isPresent();
        this.lookedUp = literal;
        address.ifPresent(known -> choice.resolved(List.of(known)));
    }

    /** The address for the next check; empty while none is known. */
    public Optional<InetAddress> current() {
        return choice.current();
    }

    /** Whether a lookup has ended, well or badly: before that, nobody knows whether there is an address. */
    public boolean isSettled() {
        return lookedUp;
    }

    /** The address that answered last, while the name has it: the one that sessions are sent to. */
    public Optional<InetAddress> working() {
        return choice.working();
    }

    /** The same, if the last check there was answered. */
    public Optional<InetAddress> answering() {
        return choice.answering();
    }

    /** Whether the host is, or its name has, that address. */
    public boolean leadsTo(InetAddress address) {
        return choice.leadsTo(address);
    }

    /** That address has turned out to be another node's: it counts for nothing here until this node answers there. */
    public void disown(InetAddress anothers) {
        choice.disown(anothers);
    }

    /** A session could not connect to the node: another of its addresses, if it has any, is asked with the next check. */
    public void complained(long nowNanos) {
        boolean counts =
                complainedNanos.isEmpty() || nowNanos - complainedNanos.getAsLong() >= COMPLAINTS_REST.toNanos();
        if (counts && choice.complained()) {
            complainedNanos = OptionalLong.of(nowNanos);
        }
    }

    /** A check at that address has ended: who does not answer makes room for the name's next address. */
    public void checked(InetAddress asked, Kind kind) {
        switch (kind) {
            case ANSWERED -> answered(asked);
            case TIMED_OUT, NO_CONNECTION, GARBAGE -> choice.missed(asked);
            case UNRESOLVED, OUR_FAULT -> {}
        }
    }

    /** Looks the name up again if it is time to; at most one lookup is under way. */
    public void refresh(boolean hurry, long nowNanos) {
        Duration pause = hurry ? HURRIED_LOOKUP_INTERVAL : LOOKUP_INTERVAL;
        boolean due = !lookedUp || nowNanos - askedNanos >= pause.toNanos();
        if (literal || !due) {
            return;
        }
        if (inFlight) {
            if (nowNanos - askedNanos >= LOOKUP_INTERVAL.toNanos()) {
                become(Resolver.LATE);
            }
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
        List<InetAddress> found;
        try {
            found = lookup.lookup(host);
        } catch (UnknownHostException | RuntimeException e) { // a resolver's own trouble is no address either
            found = List.of();
        }
        List<InetAddress> result = found;
        try {
            control.execute(() -> looked(result));
        } catch (RejectedExecutionException e) {
            LOG.debug("{} was resolved too late to matter", host, e);
        }
    }

    private void looked(List<InetAddress> found) {
        inFlight = false;
        lookedUp = true;
        become(found.isEmpty() ? Resolver.FAILS : Resolver.ANSWERS);
        if (!found.isEmpty()) {
            resolved(found);
        }
    }

    private void resolved(List<InetAddress> found) {
        Optional<InetAddress> before = choice.current();
        choice.resolved(found);
        if (before.isPresent() && !before.equals(choice.current())) {
            tell(Level.INFO, host + " is " + text(choice.current()) + " now, no longer " + text(before));
        }
    }

    private void answered(InetAddress asked) {
        Optional<InetAddress> before = choice.working();
        choice.answered(asked);
        if (before.isPresent() && !before.equals(choice.working())) {
            tell(Level.INFO, host + " answers as " + asked.getHostAddress() + " now, and not as " + text(before));
        }
    }

    private void become(Resolver next) {
        if (next == resolver) {
            return;
        }
        resolver = next;
        String kept = current().isPresent() ? ", keeping " + text(current()) : "";
        switch (next) {
            case ANSWERS -> tell(Level.INFO, host + " resolves again");
            case LATE -> tell(Level.WARN, "the resolver is silent about " + host + kept);
            case FAILS -> tell(Level.WARN, "cannot resolve " + host + kept);
        }
    }

    private void tell(Level level, String text) {
        log.accept(new Notice(level, "name " + host, text));
    }

    private static String text(Optional<InetAddress> address) {
        return address.map(InetAddress::getHostAddress).orElse("");
    }
}
