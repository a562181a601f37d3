package io.pgproxy.status;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The last changes of the primary, as {@code /api/v1/failovers} shows them. Immutable.
 *
 * @param kept how many are kept at most; 0 where none is timed, by the key {@code failovers}
 * @param failovers the newest first
 */
public record FailoverReport(int kept, List<Failover> failovers) {
    public FailoverReport {
        failovers = List.copyOf(failovers);
    }

    /**
     * One of them.
     *
     * @param number counts from 1 since the start of the program
     * @param from the primary that was
     * @param to the one after it, the same one if it came back; null until it is verified
     * @param over false while it is under way
     * @param why what the old one was lost for; empty until it is
     * @param began the first sign of trouble, by the wall clock of this host, in UTC as ISO 8601 has it
     * @param phases those that were reached, in their own order; one that did not happen is not among them
     * @param text all of it as a sentence
     */
    public record Failover(
            long number,
            String from,
            @Nullable String to,
            boolean over,
            String why,
            String began,
            List<Phase> phases,
            String text) {
        public Failover {
            phases = List.copyOf(phases);
        }
    }

    /**
     * One part of the way.
     *
     * @param phase {@code announced}, {@code lost}, {@code parked}, {@code new_leader_key}, {@code verified} or
     *     {@code first_byte}
     * @param seconds since the first sign of trouble; below 0 if it came before, as an announcement does
     */
    public record Phase(String phase, double seconds) {}
}
