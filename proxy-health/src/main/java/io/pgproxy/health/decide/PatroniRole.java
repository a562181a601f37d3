package io.pgproxy.health.decide;

/** The {@code role} of an answer, as far as it makes a difference. */
public enum PatroniRole {
    PRIMARY,
    STANDBY_LEADER,
    REPLICA,
    DEMOTED,
    UNINITIALIZED,
    /** {@code promoted}, or a word of a Patroni yet to come. */
    OTHER;

    static PatroniRole of(String word) {
        return switch (word) {
            // Patroni before 4.0 says master.
            case "primary", "master" -> PRIMARY;
            case "standby_leader" -> STANDBY_LEADER;
            case "replica" -> REPLICA;
            case "demoted" -> DEMOTED;
            case "uninitialized" -> UNINITIALIZED;
            default -> OTHER;
        };
    }
}
