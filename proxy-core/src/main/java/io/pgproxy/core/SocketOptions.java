package io.pgproxy.core;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.ChannelOption;
import io.pgproxy.config.SessionsConfig;
import java.util.LinkedHashMap;
import java.util.Map;

/** What every connection of a session is set to, on both sides alike. Immutable. */
final class SocketOptions {
    // A host that vanished is noticed after 30 + 3 * 10 seconds of silence, without any idle timeout: a pool's
    // quiet connection is not a dead one.
    private static final int KEEP_IDLE_SECONDS = 30;
    private static final int KEEP_INTERVAL_SECONDS = 10;
    private static final int KEEP_COUNT = 3;

    private final Map<ChannelOption<?>, Object> values = new LinkedHashMap<>();

    SocketOptions(Transport transport, SessionsConfig sessions) {
        values.put(ChannelOption.TCP_NODELAY, true);
        values.put(ChannelOption.SO_KEEPALIVE, true);
        values.put(transport.keepIdleSeconds, KEEP_IDLE_SECONDS);
        values.put(transport.keepIntervalSeconds, KEEP_INTERVAL_SECONDS);
        values.put(transport.keepCount, KEEP_COUNT);
        values.put(ChannelOption.ALLOW_HALF_CLOSURE, true);
        sessions.tcpUserTimeout().ifPresent(timeout -> {
            if (transport.userTimeoutMillis == null) {
                throw new IllegalStateException("tcp-user-timeout needs transport epoll or io_uring");
            }
            values.put(transport.userTimeoutMillis, Math.toIntExact(timeout.toMillis()));
        });
    }

    void applyTo(Bootstrap bootstrap) {
        values.forEach((option, value) -> bootstrap.option(untyped(option), value));
    }

    void applyToChildrenOf(ServerBootstrap bootstrap) {
        values.forEach((option, value) -> bootstrap.childOption(untyped(option), value));
    }

    @SuppressWarnings("unchecked") // each value was put beside its own option above
    private static ChannelOption<Object> untyped(ChannelOption<?> option) {
        return (ChannelOption<Object>) option;
    }
}
