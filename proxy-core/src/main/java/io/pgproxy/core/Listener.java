package io.pgproxy.core;

import io.pgproxy.config.ListenerConfig;

/** One configured listener, with what its sessions share. Safe from any thread. */
record Listener(ListenerConfig config, Balancer balancer, ListenerCounts counts) {
    String name() {
        return config.name();
    }
}
