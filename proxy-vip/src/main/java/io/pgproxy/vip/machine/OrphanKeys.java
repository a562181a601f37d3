package io.pgproxy.vip.machine;

import io.pgproxy.vip.machine.Action.Level;
import io.pgproxy.vip.machine.Calls.Purpose;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Keys that nobody needs any more although their leases still last (rule 12): those of runs of others that are over with
 * no address left behind, as their supervisor's step has said, and those that a run has given up by its own word. They
 * are deleted at the revision that a read shows. A boot is drawn at random, so what is known of a run stays true, however
 * often and however late it is said.
 */
final class OrphanKeys {
    /** A run that is forgotten loses its key with its lease all the same. */
    private static final int MAX_RUNS = 64;

    private final Parts parts;
    private final Looking looking;
    private final Set<Instance> dead = new LinkedHashSet<>();
    private final Map<Instance, GivenUp> givenUp = new LinkedHashMap<>();

    private record GivenUp(long createRevision, long heardNanos) {}

    OrphanKeys(Parts parts, Looking looking) {
        this.parts = parts;
        this.looking = looking;
    }

    void died(Turn turn, Instance run) {
        parts.bonds.release(run, Long.MAX_VALUE);
        if (dead.add(run)) {
            turn.note(Level.INFO, run + " is dead and has left no address behind, says its supervisor");
            looking.atOnce();
        }
        if (dead.size() > MAX_RUNS) {
            dead.remove(dead.iterator().next());
        }
    }

    /** A run lives on without that key, and may win another. */
    void givenUp(Turn turn, Instance run, long createRevision) {
        GivenUp before = givenUp.put(run, new GivenUp(createRevision, turn.now));
        if (before == null || before.createRevision() != createRevision) {
            turn.note(Level.INFO, run + " had to let go of the address and leaves it to others");
            looking.atOnce();
        }
        if (givenUp.size() > MAX_RUNS) {
            givenUp.remove(givenUp.keySet().iterator().next());
        }
    }

    /** The dead need no key; the living one that put it may have done so since, so the revision that was seen counts. */
    void saw(Turn turn, Optional<EtcdAnswer.Key> key) {
        key.filter(seen -> isOrphan(seen, turn.now) && !parts.calls.isOpen(Purpose.DELETE_KEY, 0))
                .ifPresent(seen -> parts.calls.ask(
                        turn,
                        new EtcdCall.DeleteKey(seen.createRevision(), seen.holder()),
                        Purpose.DELETE_KEY,
                        0,
                        0,
                        parts.timings.callNanos()));
    }

    /** What was given up is gone with its lease soon; an etcd that was wiped may give that revision away again. */
    private boolean isOrphan(EtcdAnswer.Key key, long nowNanos) {
        GivenUp word = givenUp.get(key.holder());
        boolean wasGivenUp = word != null
                && word.createRevision() == key.createRevision()
                && nowNanos - word.heardNanos() < Timings.GIVEN_UP_NANOS;
        return wasGivenUp || dead.contains(key.holder());
    }
}
