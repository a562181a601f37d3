package io.pgproxy.health.decide;

import io.pgproxy.config.ListenerConfig;
import io.pgproxy.core.Candidate;
import io.pgproxy.core.Role;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * Since when each candidate is one. The time comes with the candidate and stays with it from table to table until it
 * leaves; how much of its share it gets meanwhile is reckoned by whoever picks. Pure.
 *
 * <p>There is none, and so nothing to be gentle about, for the node of a first verdict ({@link FirstVerdicts}), for one
 * that comes where nobody else is to take the sessions, and for the fallback, which is nobody's equal.
 */
final class SlowStart {
    private SlowStart() {}

    static List<Candidate> of(
            ListenerConfig listener, List<Candidate> next, List<Candidate> before, FirstVerdicts known, long nowNanos) {
        if (listener.slowStart().isZero()) {
            return next;
        }
        Map<String, OptionalLong> since = new HashMap<>();
        peers(before).forEach(candidate -> since.put(candidate.node(), candidate.eligibleSinceNanos()));
        boolean alone = peers(next).noneMatch(candidate -> since.containsKey(candidate.node()));
        List<Candidate> started = new ArrayList<>();
        for (Candidate candidate : next) {
            boolean gentle = !alone && known.given(listener, candidate.node());
            OptionalLong first = gentle ? OptionalLong.of(nowNanos) : OptionalLong.empty();
            started.add(
                    candidate.role() == Role.FALLBACK
                            ? candidate
                            : startedAt(candidate, since.getOrDefault(candidate.node(), first)));
        }
        return started;
    }

    private static Stream<Candidate> peers(List<Candidate> candidates) {
        return candidates.stream().filter(candidate -> candidate.role() != Role.FALLBACK);
    }

    private static Candidate startedAt(Candidate candidate, OptionalLong sinceNanos) {
        return new Candidate(
                candidate.node(),
                candidate.address(),
                candidate.role(),
                candidate.tier(),
                candidate.weight(),
                sinceNanos);
    }
}
