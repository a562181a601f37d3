package io.pgproxy.health.decide;

/** The {@code state} of an answer, as far as it makes a difference. */
public enum PatroniState {
    RUNNING,
    STOPPING,
    /** Starting, restarting, crash recovery, stopped, {@code unknown}, or none given. */
    OTHER;

    static PatroniState of(String word) {
        return switch (word) {
            case "running" -> RUNNING;
            case "stopping" -> STOPPING;
            default -> OTHER;
        };
    }
}
