package io.pgproxy.core;

import io.pgproxy.core.RoutingTable.Seat;
import java.util.List;
import java.util.Map;

/**
 * Where the new sessions of one listener may go. Immutable.
 *
 * @param candidates by tier, lowest first; empty when new sessions have to wait
 * @param whyNobody while empty: what is wrong, for the refusal of who waited too long, such as
 *     {@code no primary: pg102 replica; pg103 does not answer (connect timed out)}; otherwise empty
 * @param nobodySinceNanos while empty: the monotonic time since when
 * @param ownVerdicts what the listener's sessions may do where its policies say something else than {@link
 *     RoutingTable#verdicts}
 * @param heldBack while empty: who serves all the same, although new sessions do better to wait; for those that cannot
 */
public record ListenerRoute(
        List<Candidate> candidates,
        String whyNobody,
        long nobodySinceNanos,
        Map<Seat, Verdict> ownVerdicts,
        List<Candidate> heldBack) {
    public ListenerRoute {
        candidates = List.copyOf(candidates);
        ownVerdicts = Map.copyOf(ownVerdicts);
        heldBack = List.copyOf(heldBack);
    }

    /** The route of a listener for which nobody is held back. */
    public ListenerRoute(
            List<Candidate> candidates, String whyNobody, long nobodySinceNanos, Map<Seat, Verdict> ownVerdicts) {
        this(candidates, whyNobody, nobodySinceNanos, ownVerdicts, List.of());
    }

    /** The route of a listener whose policies say nothing else. */
    public ListenerRoute(List<Candidate> candidates, String whyNobody, long nobodySinceNanos) {
        this(candidates, whyNobody, nobodySinceNanos, Map.of());
    }

    /** Whether a new session may still go to that node at that address in that role, in whatever tier. */
    public boolean offers(Candidate chosen) {
        return isAmong(candidates, chosen);
    }

    /** Whether a new session that cannot wait may still go there. */
    boolean holdsBack(Candidate chosen) {
        return isAmong(heldBack, chosen);
    }

    private static boolean isAmong(List<Candidate> some, Candidate chosen) {
        for (Candidate candidate : some) {
            if (candidate.role() == chosen.role()
                    && candidate.node().equals(chosen.node())
                    && candidate.address().equals(chosen.address())) {
                return true;
            }
        }
        return false;
    }
}
