package io.pgproxy.core;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The end of one loop's sessions whose node has lost its role. A part of them ends in each turn, so that sessions on
 * other nodes, and those that wait for the next primary, need not wait for thousands of ends. Confined to the loop.
 */
final class RoleLosses {
    /** How many end in one turn, in some twenty milliseconds; four thousand are no later for the pauses by that much. */
    static final int PART = 256;
    /** Between two parts the loop serves all others. */
    static final long PAUSE_MILLIS = 1;

    private static final Logger LOG = LoggerFactory.getLogger(RoleLosses.class);

    private final Deadline next;
    private final Set<Relay> toEnd = new LinkedHashSet<>();
    private final Map<String, Integer> ended = new HashMap<>();

    RoleLosses(RelayLoop loop) {
        this.next = new Deadline(loop.eventLoop());
    }

    /** Ends the session soon, unless a table that comes before its turn knows better. */
    void add(Relay session) {
        if (toEnd.isEmpty()) {
            next.in(0, this::endPart);
        }
        toEnd.add(session);
    }

    /** Counts a session that was ended so; a line in the log tells the sum. */
    void count(String node, String reason) {
        ended.merge(node + ": " + reason, 1, Integer::sum);
    }

    /** Ends the first of those that are left; for the others it comes again by itself. */
    void endPart() {
        List<Relay> part = toEnd.stream().limit(PART).toList();
        part.forEach(toEnd::remove);
        RelayLoop.forEach(part, Relay::endIfRoleLost);
        if (toEnd.isEmpty()) {
            next.disarm();
            ended.forEach((why, count) -> LOG.info("ended {} sessions on {}", count, why));
            ended.clear();
        } else {
            next.in(TimeUnit.MILLISECONDS.toNanos(PAUSE_MILLIS), this::endPart);
        }
    }
}
