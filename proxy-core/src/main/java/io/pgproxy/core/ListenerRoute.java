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
 */
public record ListenerRoute(
        List<Candidate> candidates, String whyNobody, long nobodySinceNanos, Map<Seat, Verdict> ownVerdicts) {
    public ListenerRoute {
        candidates = List.copyOf(candidates);
        ownVerdicts = Map.copyOf(ownVerdicts);
    }

    /** The route of a listener whose policies say nothing else. */
    public ListenerRoute(List<Candidate> candidates, String whyNobody, long nobodySinceNanos) {
        this(candidates, whyNobody, nobodySinceNanos, Map.of());
    }

    /** Whether a new session may still go to that node at that address in that role, in whatever tier. */
    public boolean offers(Candidate chosen) {
        for (Candidate candidate : candidates) {
            if (candidate.role() == chosen.role()
                    && candidate.node().equals(chosen.node())
                    && candidate.address().equals(chosen.address())) {
                return true;
            }
        }
        return false;
    }
}
