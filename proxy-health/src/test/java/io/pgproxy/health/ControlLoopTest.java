package io.pgproxy.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import io.pgproxy.config.NodeConfig;
import io.pgproxy.core.CurrentRoutes;
import io.pgproxy.health.ask.NodeAddress;
import io.pgproxy.health.decide.Membership;
import io.pgproxy.health.decide.PatroniAnswerReader;
import io.pgproxy.health.decide.PatroniStore;
import io.pgproxy.health.decide.PatroniStoreReader;
import io.pgproxy.health.decide.ProbeOutcome;
import io.pgproxy.health.decide.StoredKey;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The loop without a thread and without etcd, at times of our choosing; only who has an answer here gives one. */
class ControlLoopTest {
    private final MockTicker ticker = Ticker.newMockTicker();
    private final EmbeddedChannel thread =
            EmbeddedChannel.builder().ticker(ticker).build();
    private final List<String> asked = new ArrayList<>();
    private final Map<String, ProbeOutcome> answers = new HashMap<>();
    private final Neighbours neighbours = new Neighbours(notice -> {});
    private final NodesInUse nodes = new NodesInUse(
            Membership.remembered(List.of()), this::poller, neighbours::remove, kept -> {}, notice -> {});
    private final ControlLoop loop = loop();

    private ControlLoop loop() {
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        HealthAssembly assembly = new HealthAssembly(
                Settings.config(Settings.BRISK, Settings.patroni(true)), thread.eventLoop(), ticker::nanoTime);
        return assembly.loop(nodes, new CurrentRoutes(ticker.nanoTime()), assembly.failovers(meters), meters);
    }

    private Poller poller(NodeConfig node) {
        NodeAddress address =
                new NodeAddress(node.host(), 3, host -> List.of(), Runnable::run, Runnable::run, notice -> {});
        neighbours.add(node, address);
        return new Poller(
                node,
                address,
                (asking, target) -> {
                    asked.add(asking.name());
                    ProbeOutcome answer = answers.get(asking.name());
                    return answer == null ? new CompletableFuture<>() : CompletableFuture.completedFuture(answer);
                },
                neighbours,
                thread.eventLoop(),
                ticker::nanoTime);
    }

    @BeforeEach
    void starts() {
        loop.start(Duration.ofHours(1));
    }

    @AfterEach
    void closes() {
        loop.close();
    }

    private static StoredKey member(String name, String host) {
        return new StoredKey(
                "members/" + name,
                Optional.of("{\"conn_url\":\"postgres://" + host + ":5432/postgres\",\"api_url\":\"http://" + host
                        + ":8008/patroni\",\"state\":\"running\",\"role\":\"replica\"}"));
    }

    private void tells(StoredKey... members) {
        loop.stored(Optional.of(
                PatroniStoreReader.read(PatroniStore.EMPTY, List.of(members)).store()));
    }

    private void passes(Duration time) {
        ticker.advance(time.toNanos(), TimeUnit.NANOSECONDS);
        thread.runScheduledPendingTasks();
    }

    @Test
    void whatEtcdTellsFirstIsActedOnAtOnce() {
        tells(member("pg102", "192.0.2.1"), member("pg103", "192.0.2.2"));

        assertThat(asked).containsExactlyInAnyOrder("pg102", "pg103");
    }

    @Test
    void whoJoinsIsAskedWithinASecond() {
        tells(member("pg102", "192.0.2.1"));
        tells(member("pg102", "192.0.2.1"), member("pg103", "192.0.2.2"));
        passes(Duration.ofSeconds(1));

        assertThat(asked).containsExactly("pg102", "pg103");
    }

    @Test
    void whoHoldsTheLockAndIsNoPrimaryYetIsAskedMoreOftenThanQuickly() {
        answers.put("pg102", says(503));
        answers.put("pg103", says(200));
        tells(member("pg102", "192.0.2.1"), member("pg103", "192.0.2.2"));
        for (int n = 0; n < 200; n++) {
            passes(Duration.ofMillis(1));
            thread.runPendingTasks();
        }

        assertThat(Collections.frequency(asked, "pg103")).isGreaterThan(2 * Collections.frequency(asked, "pg102"));
    }

    private static ProbeOutcome says(int status) {
        String body = "{\"role\": \"replica\", \"state\": \"running\", \"timeline\": 5, \"xlog\": {\"location\": 1}}";
        return PatroniAnswerReader.read(status, body.getBytes(StandardCharsets.UTF_8));
    }

    /** Nobody is heard at either place, so that each change of the key may move the node, and a new place is asked. */
    @Test
    void aThousandMovesInASecondAreTwoChecksAtMost() {
        for (int n = 0; n < 1_000; n++) {
            tells(member("pg102", "192.0.2." + (1 + n % 2)));
            passes(Duration.ofMillis(1));
        }

        assertThat(asked).hasSizeBetween(1, 2);
    }

    /** A mistake of ours leaves somebody who is asked, and of whom nothing is known any more. */
    @Test
    void whatFailsWhileNodesGoFailsOnce() {
        tells(member("pg102", "192.0.2.1"), member("pg103", "192.0.2.2"));
        nodes.follow(new Clumsy());
        passes(Duration.ofSeconds(1));
        try (LogLines lines = LogLines.of(ControlLoop.class)) {
            tells(member("pg112", "192.0.2.1"), member("pg113", "192.0.2.2"));
            for (int n = 0; n < 10; n++) {
                passes(Duration.ofSeconds(1));
            }

            assertThat(lines.texts()).containsExactly("ERROR the control loop goes on after a failed step");
        }
        assertThat(nodes.pollers()).as("who was to go").hasSize(1);
        assertThat(loop.knowledge().outlook().cluster().nodes()).containsOnlyKeys("pg112", "pg113");
    }

    private static final class Clumsy implements NodeFollower {
        @Override
        public void joined(NodeConfig node) {}

        @Override
        public void left(NodeConfig node) {
            throw new IllegalStateException("planted");
        }
    }
}
