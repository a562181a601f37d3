package io.pgproxy.core;

import io.netty.util.NetUtil;
import io.pgproxy.config.Network;
import io.pgproxy.config.RulesConfig;
import io.pgproxy.config.RulesConfig.ConnectRate;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** A listener's rules as a test wants them: nothing is limited but what it says. */
final class Rules {
    private final List<Network> allowFrom = new ArrayList<>();
    private final List<Network> proxyProtocolFrom = new ArrayList<>();
    private OptionalInt maxSessions = OptionalInt.empty();
    private OptionalInt maxSessionsPerNode = OptionalInt.empty();
    private OptionalInt maxSessionsPerSource = OptionalInt.empty();
    private Optional<ConnectRate> connectsPerSource = Optional.empty();

    Rules allowFrom(String address, int prefixLength) {
        allowFrom.add(network(address, prefixLength));
        return this;
    }

    Rules proxyProtocolFrom(String address, int prefixLength) {
        proxyProtocolFrom.add(network(address, prefixLength));
        return this;
    }

    Rules maxSessions(int max) {
        maxSessions = OptionalInt.of(max);
        return this;
    }

    Rules maxSessionsPerNode(int max) {
        maxSessionsPerNode = OptionalInt.of(max);
        return this;
    }

    Rules maxSessionsPerSource(int max) {
        maxSessionsPerSource = OptionalInt.of(max);
        return this;
    }

    Rules connectsPerSource(int perSecond, int burst) {
        connectsPerSource = Optional.of(new ConnectRate(perSecond, burst));
        return this;
    }

    RulesConfig config() {
        return new RulesConfig(
                allowFrom, proxyProtocolFrom, maxSessions, maxSessionsPerNode, maxSessionsPerSource, connectsPerSource);
    }

    /** One loop with a listener of these rules. */
    OneLoop oneLoop() {
        return new OneLoop(new Settings().rules(config()));
    }

    private static Network network(String address, int prefixLength) {
        return new Network(ip(address), prefixLength);
    }

    /** The address, without asking anybody. */
    static InetAddress ip(String address) {
        try {
            return InetAddress.getByAddress(NetUtil.createByteArrayFromIpAddressString(address));
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }
}
