package io.pgproxy.core;

import java.util.List;

/**
 * Where the new sessions of one listener may go. Immutable.
 *
 * @param candidates by tier, lowest first; empty when new sessions have to wait
 * @param whyNobody while empty: what is wrong, for the refusal of who waited too long, such as
 *     {@code no primary: pg102 replica; pg103 does not answer (connect timed out)}; otherwise empty
 * @param nobodySinceNanos while empty: the monotonic time since when
 */
public record ListenerRoute(List<Candidate> candidates, String whyNobody, long nobodySinceNanos) {
    public ListenerRoute {
        candidates = List.copyOf(candidates);
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
