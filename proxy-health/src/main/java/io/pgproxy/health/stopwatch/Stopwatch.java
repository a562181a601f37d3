package io.pgproxy.health.stopwatch;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Takes the time of every change of the primary. Immutable; whatever happens makes the next one.
 *
 * <p>The first primary that is ever known changes nothing. One that is lost and comes back is recorded like a change,
 * since clients see no difference. What was announced and did not happen is forgotten.
 *
 * @param kept how many of those that have ended are kept, 1 and more
 * @param ended how many have ended since the start of the program
 * @param primary the last one known; empty before the first
 * @param parked since when a session waits that no answered one has followed, while nothing is known to be wrong; for
 *     {@link #CLIENT_PATIENCE} at most, since who left again is nobody's beginning
 * @param open the one under way
 * @param past the last ones that have ended, the newest first
 */
public record Stopwatch(
        int kept,
        long ended,
        Optional<String> primary,
        Optional<Moment> parked,
        Optional<Failover> open,
        List<Failover> past) {
    /** Where no client has come for so long, the time to the first of them says nothing about the failover. */
    static final Duration CLIENT_PATIENCE = Duration.ofSeconds(60);
    /** Patroni's CHECKPOINT comes between the words and the deed, and may take minutes. */
    static final Duration SIGNS_LAST = Duration.ofMinutes(10);

    /** Before anything is known. */
    public static Stopwatch nothingKnown(int kept) {
        return new Stopwatch(kept, 0, Optional.empty(), Optional.empty(), Optional.empty(), List.of());
    }

    public Stopwatch {
        past = List.copyOf(past);
    }

    /** All that are kept, the newest first, the one under way before all. */
    public List<Failover> all() {
        return Stream.concat(open.stream(), past.stream()).toList();
    }

    /** Whether the next client that is answered ends one. */
    public boolean awaitsClient() {
        return open.isPresent() && open.get().awaitsClient();
    }

    /** Whether the next answer that a client gets matters, or who gives it decides whether it does. */
    public boolean awaitsAnswer() {
        return awaitsClient() || (open.isEmpty() && parked.isPresent());
    }

    /** Whether the first session that waits is known, or would not count any more. */
    public boolean knowsWhoWaits() {
        return parked.isPresent()
                || awaitsClient()
                || (open.isPresent() && open.get().has(Phase.PARKED));
    }

    /** A change of the primary was announced. */
    public Stopwatch announced(Moment at) {
        return sign(Phase.ANNOUNCED, at);
    }

    /** What was announced will not happen. */
    public Stopwatch withdrawn() {
        return open.isPresent() && open.get().isMereAnnouncement() ? idle() : this;
    }

    /** etcd's leader key names that node; told again with the same node it changes nothing. */
    public Stopwatch leaderKey(String node, Moment at) {
        if (open.isPresent() && open.get().leadsTo(node)) {
            return with(open.get().with(Phase.NEW_LEADER_KEY, at)); // the check was faster
        }
        boolean old = primary.isPresent() && primary.get().equals(node);
        return old ? this : sign(Phase.NEW_LEADER_KEY, at);
    }

    /** A first or a further sign of a change that is not verified yet. */
    private Stopwatch sign(Phase phase, Moment at) {
        if (primary.isEmpty()) {
            return this;
        }
        Stopwatch next = awaitsClient() ? end() : this;
        return next.open.isPresent() ? next.with(next.open.get().with(phase, at)) : next.begin(phase, at);
    }

    /**
     * Who takes the writes now, as far as is verified.
     *
     * @param why if nobody does, or another than before: what has become of the one before
     */
    public Stopwatch primaryIs(Optional<String> node, String why, Moment at) {
        Stopwatch lost = node.isPresent() && isPrimary(node.get()) ? this : lost(why, at);
        return node.isPresent() ? lost.verified(node.get(), at) : lost;
    }

    private Stopwatch lost(String why, Moment at) {
        if (primary.isEmpty()) {
            return this;
        }
        Stopwatch next = awaitsClient() ? end() : this;
        if (next.open.isEmpty()) {
            next = next.begin(Phase.LOST, at);
        }
        return next.with(next.open.orElseThrow().lost(why, at));
    }

    private Stopwatch verified(String node, Moment at) {
        if (open.isEmpty()) {
            return isPrimary(node) ? this : new Stopwatch(kept, ended, Optional.of(node), parked, open, past);
        }
        Failover change = open.get();
        if (change.awaitsClient() || !change.has(Phase.LOST)) {
            return this; // known already, or the old primary is still there
        }
        return new Stopwatch(kept, ended, Optional.of(node), parked, Optional.of(change.verified(node, at)), past);
    }

    /** A session that wants the primary waits. */
    public Stopwatch parked(Moment at) {
        if (open.isPresent()) {
            return awaitsClient() ? this : with(open.get().with(Phase.PARKED, at));
        }
        return parked.isPresent() ? this : new Stopwatch(kept, ended, primary, Optional.of(at), open, past);
    }

    /** A session that wants the primary has an answer of that node's. */
    public Stopwatch served(String node, Moment at) {
        if (open.isEmpty()) {
            return parked.isEmpty() ? this : new Stopwatch(kept, ended, primary, Optional.empty(), open, past);
        }
        boolean byTheNew = awaitsClient() && open.get().leadsTo(node);
        return byTheNew ? with(open.get().with(Phase.FIRST_BYTE, at)).end() : this;
    }

    /** As time goes by: nothing is waited for without end. */
    public Stopwatch at(Moment now) {
        if (open.isEmpty()) {
            boolean old = parked.isPresent() && now.nanosSince(parked.get()) >= CLIENT_PATIENCE.toNanos();
            return old ? new Stopwatch(kept, ended, primary, Optional.empty(), open, past) : this;
        }
        Failover change = open.get();
        Moment verified = change.phases().get(Phase.VERIFIED);
        if (verified != null) {
            return now.nanosSince(verified) >= CLIENT_PATIENCE.toNanos() ? end() : this;
        }
        boolean forgotten = !change.has(Phase.LOST) && now.nanosSince(change.began()) >= SIGNS_LAST.toNanos();
        return forgotten ? idle() : this;
    }

    private boolean isPrimary(String node) {
        return primary.isPresent() && primary.get().equals(node) && !isLost();
    }

    private boolean isLost() {
        return open.isPresent() && open.get().has(Phase.LOST) && !open.get().has(Phase.VERIFIED);
    }

    private Stopwatch begin(Phase first, Moment at) {
        Failover begun = Failover.begun(ended + 1, primary.orElseThrow(), first, at);
        Failover waited = parked.map(since -> begun.with(Phase.PARKED, since)).orElse(begun);
        return new Stopwatch(kept, ended, primary, Optional.empty(), Optional.of(waited), past);
    }

    private Stopwatch with(Failover change) {
        return new Stopwatch(kept, ended, primary, parked, Optional.of(change), past);
    }

    private Stopwatch end() {
        List<Failover> all = new ArrayList<>(past);
        all.add(0, open.orElseThrow().ended());
        return new Stopwatch(
                kept, ended + 1, primary, parked, Optional.empty(), all.subList(0, Math.min(all.size(), kept)));
    }

    private Stopwatch idle() {
        return new Stopwatch(kept, ended, primary, parked, Optional.empty(), past);
    }
}
