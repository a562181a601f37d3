package io.pgproxy.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ConnectionLimitsTest {
    private static final Duration LIFETIME = Duration.ofSeconds(10);

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final ConnectionLimits limits = new ConnectionLimits(2, LIFETIME, registry);

    @Test
    void dropsWhoTakesTooLong() {
        EmbeddedChannel slow = connect();
        pass(slow, LIFETIME.toSeconds());

        assertThat(slow.isOpen()).isFalse();
        assertThat(dropped("expired")).isEqualTo(1);
    }

    @Test
    void progressBuysNoTime() {
        EmbeddedChannel slow = connect();
        for (int second = 0; second < LIFETIME.toSeconds(); second++) {
            slow.writeInbound("another header");
            pass(slow, 1);
        }

        assertThat(slow.isOpen()).isFalse();
    }

    @Test
    void leavesTheOthersTheirTime() {
        EmbeddedChannel quick = connect();
        pass(quick, LIFETIME.toSeconds() - 1);

        assertThat(quick.isOpen()).isTrue();
    }

    @Test
    void givesTheOldestPlaceToTheNewcomer() {
        EmbeddedChannel oldest = connect();
        EmbeddedChannel second = connect();
        EmbeddedChannel newcomer = connect();

        assertThat(oldest.isOpen()).isFalse();
        assertThat(second.isOpen()).isTrue();
        assertThat(newcomer.isOpen()).isTrue();
        assertThat(dropped("displaced")).isEqualTo(1);
    }

    @Test
    void whoLeavesMakesRoom() {
        connect().close();
        EmbeddedChannel second = connect();
        EmbeddedChannel third = connect();

        assertThat(second.isOpen()).isTrue();
        assertThat(third.isOpen()).isTrue();
    }

    private EmbeddedChannel connect() {
        EmbeddedChannel channel = new EmbeddedChannel(limits);
        channel.freezeTime();
        return channel;
    }

    private static void pass(EmbeddedChannel channel, long seconds) {
        channel.advanceTimeBy(seconds, TimeUnit.SECONDS);
        channel.runScheduledPendingTasks();
    }

    private double dropped(String reason) {
        return registry.get("pgproxy.admin.connections.dropped")
                .tag("reason", reason)
                .counter()
                .count();
    }
}
