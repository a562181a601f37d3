package io.pgproxy.core;

import java.util.List;
import java.util.Map;

/**
 * What the proxy is doing, for people and their tools. Immutable.
 *
 * @param transport the way to the kernel's sockets: epoll, io_uring or nio
 * @param sessionsByNode sessions connected to each node's PostgreSQL, or about to be
 */
public record ProxyStatus(
        String transport,
        int relayThreads,
        boolean draining,
        List<ListenerStatus> listeners,
        Map<String, Integer> sessionsByNode,
        List<Limit> limits) {
    /**
     * One listener.
     *
     * @param bound whether it accepts connections
     * @param route the configuration's word for it
     * @param sessions connected to a backend
     * @param parked waiting for a backend
     */
    public record ListenerStatus(String name, String bind, boolean bound, String route, int sessions, int parked) {}

    /** A limit and how much of it is used. */
    public record Limit(String name, int used, int max) {}
}
