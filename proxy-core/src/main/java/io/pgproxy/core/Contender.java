package io.pgproxy.core;

/**
 * A candidate that could be chosen right now, beside the others of its tier. Immutable.
 *
 * @param weight what its share is worth at this moment, which during a slow start is less than it is configured with;
 *     above 0
 */
record Contender(Candidate candidate, double weight) {
    String node() {
        return candidate.node();
    }
}
