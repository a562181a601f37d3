package io.pgproxy.core;

import io.pgproxy.config.ListenerConfig;

/** One configured listener, with what its sessions share. Safe from any thread. */
record Listener(ListenerConfig config, ListenerCounts counts, LiveBackends backends, RefusalLog refusals) {
    Listener(ListenerConfig config, ListenerCounts counts) {
        this(config, counts, new LiveBackends(), new RefusalLog(config.name()));
    }

    String name() {
        return config.name();
    }

    /** Counts the end of a connection, and tells whoever reads the log if it is worth a line. */
    void ended(CloseReason reason, String why) {
        counts.ended(reason);
        refusals.ended(reason, why);
    }
}
