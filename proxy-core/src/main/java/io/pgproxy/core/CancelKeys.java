package io.pgproxy.core;

import java.net.InetSocketAddress;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Which of one listener's backends has given out which key. A session has one at most and takes it with it, so there
 * are never more than sessions, of some 400 bytes each. Safe from any thread.
 *
 * <p>Two sessions may have the same one, by chance or because a backend is hostile: it is then kept as often.
 */
final class CancelKeys {
    private static final Comparator<InetSocketAddress> BY_PORT_AND_HOST = Comparator.comparingInt(
                    InetSocketAddress::getPort)
            .thenComparing(address -> address.getAddress().getHostAddress());

    private final Map<Given, Integer> given = new ConcurrentHashMap<>();

    /** A key in the hands of a client. */
    private record Given(CancelKey key, InetSocketAddress by) implements Comparable<Given> {
        @Override
        public int compareTo(Given other) {
            int order = key.compareTo(other.key);
            return order != 0 ? order : BY_PORT_AND_HOST.compare(by, other.by);
        }
    }

    void add(CancelKey key, InetSocketAddress by) {
        given.merge(new Given(key, by), 1, Integer::sum);
    }

    void remove(CancelKey key, InetSocketAddress by) {
        given.computeIfPresent(new Given(key, by), (same, count) -> count == 1 ? null : count - 1);
    }

    /** Those of the backends that have given it out to a session that is still there. */
    List<InetSocketAddress> givers(CancelKey key, Collection<InetSocketAddress> backends) {
        return backends.stream()
                .filter(backend -> given.containsKey(new Given(key, backend)))
                .toList();
    }

    int size() {
        return given.size();
    }
}
