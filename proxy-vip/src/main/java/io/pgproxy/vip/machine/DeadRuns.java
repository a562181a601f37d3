package io.pgproxy.vip.machine;

import io.pgproxy.vip.machine.Action.Level;
import io.pgproxy.vip.machine.Calls.Purpose;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Runs of others that are over, with no address left behind, as their supervisor's step has said (rule 12). A boot is
 * drawn at random, so what is known of a run stays true, however often and however late it is said.
 */
final class DeadRuns {
    /** A run that is forgotten loses its key with its lease all the same. */
    private static final int MAX_RUNS = 64;

    private final Parts parts;
    private final Looking looking;
    private final Set<Instance> runs = new LinkedHashSet<>();

    DeadRuns(Parts parts, Looking looking) {
        this.parts = parts;
        this.looking = looking;
    }

    void died(Turn turn, Instance run) {
        parts.bonds.release(run, Long.MAX_VALUE);
        if (runs.add(run)) {
            turn.note(Level.INFO, run + " is dead and has left no address behind, says its supervisor");
            looking.atOnce();
        }
        if (runs.size() > MAX_RUNS) {
            runs.remove(runs.iterator().next());
        }
    }

    /** The dead need no key; the living one that put it may have done so since, so the revision that was seen counts. */
    void saw(Turn turn, Optional<EtcdAnswer.Key> key) {
        key.filter(seen -> runs.contains(seen.holder()) && !parts.calls.isOpen(Purpose.DELETE_KEY, 0))
                .ifPresent(seen -> parts.calls.ask(
                        turn,
                        new EtcdCall.DeleteKey(seen.createRevision(), seen.holder()),
                        Purpose.DELETE_KEY,
                        0,
                        0,
                        parts.timings.callNanos()));
    }
}
