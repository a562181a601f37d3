package io.pgproxy.config;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Who may use a listener, and how many. A source is an IPv4 address or an IPv6 /64. Immutable.
 *
 * @param allowFrom the networks that clients may come from; empty for all
 * @param proxyProtocolFrom the networks whose connections begin with a PROXY header, which says who the client is; from
 *     everywhere else such a header is refused; empty for nowhere
 * @param maxSessions at once, 1 to 1,000,000; empty for no limit of its own
 * @param maxSessionsPerNode at once on one node, 1 to 1,000,000; empty for no limit
 * @param maxSessionsPerSource at once, 1 to 1,000,000; empty for no limit
 * @param connectsPerSource how fast one source may connect; empty for no limit
 */
public record RulesConfig(
        List<Network> allowFrom,
        List<Network> proxyProtocolFrom,
        OptionalInt maxSessions,
        OptionalInt maxSessionsPerNode,
        OptionalInt maxSessionsPerSource,
        Optional<ConnectRate> connectsPerSource) {
    /** Everyone, without a limit. */
    public static final RulesConfig NONE = new RulesConfig(
            List.of(), List.of(), OptionalInt.empty(), OptionalInt.empty(), OptionalInt.empty(), Optional.empty());

    public RulesConfig {
        allowFrom = List.copyOf(allowFrom);
        proxyProtocolFrom = List.copyOf(proxyProtocolFrom);
    }

    /**
     * A token bucket.
     *
     * @param perSecond how many connections a second it refills, 1 to 100,000
     * @param burst how many it holds, 1 to 1,000,000
     */
    public record ConnectRate(int perSecond, int burst) {}
}
