package io.pgproxy.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproxy.config.NodeConfig;
import io.pgproxy.config.NodeConfig.Scheme;
import io.pgproxy.health.ask.NodeAddress;
import io.pgproxy.health.decide.Membership;
import io.pgproxy.health.decide.Membership.Source;
import io.pgproxy.health.decide.ProbeOutcome;
import io.pgproxy.health.decide.ProbeOutcome.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class NodesInUseTest {
    private static final long HOUR = Duration.ofHours(1).toNanos();
    private static final ProbeOutcome REFUSED = ProbeOutcome.failed(Kind.NO_CONNECTION, "connection refused");

    private final List<String> told = new ArrayList<>();
    private int asked;
    private final Neighbours neighbours = new Neighbours(notice -> {});
    private final NodesInUse nodes = new NodesInUse(
            etcd(5432, 8008), this::poller, neighbours::remove, kept -> {}, notice -> told.add(notice.text()));

    private static Membership etcd(int port, int patroniPort) {
        return new Membership(
                Source.ETCD,
                List.of(new NodeConfig("pg102", "192.168.50.21", port, patroniPort, Scheme.HTTP, 100)),
                Map.of());
    }

    private Poller poller(NodeConfig node) {
        NodeAddress address =
                new NodeAddress(node.host(), 3, host -> List.of(), Runnable::run, Runnable::run, notice -> {});
        neighbours.add(node, address);
        return new Poller(
                node,
                address,
                (asking, target) -> {
                    asked++;
                    return CompletableFuture.completedFuture(REFUSED);
                },
                neighbours,
                Runnable::run,
                () -> 0);
    }

    /** Else a key that changes all the time would leave its node without an answer. */
    @Test
    void anotherPortOfPostgresqlEndsNoCheck() {
        List<Poller> before = nodes.pollers();
        nodes.use(etcd(5444, 8008));

        assertThat(nodes.pollers()).isEqualTo(before);
        assertThat(told)
                .containsExactly("node pg102 is at 192.168.50.21:5444, its Patroni at http port 8008 now by its key in"
                        + " etcd, it was at 192.168.50.21:5432, its Patroni at http port 8008");
    }

    @Test
    void anotherPatroniIsAskedAnew() {
        List<Poller> before = nodes.pollers();
        nodes.use(etcd(5432, 8009));

        assertThat(nodes.pollers()).hasSize(1).doesNotContainAnyElementsOf(before);
    }

    /** Else a key that changes all the time would have its node asked all the time. */
    @Test
    void whoMovesHasNoMoreHurriesThanItHadLeft() {
        for (int n = 0; n < 100; n++) {
            nodes.use(etcd(5432, 9000 + n));
            Poller poller = nodes.pollers().get(0);
            poller.askIfDue(HOUR, (name, result) -> {});
            poller.hurry(0);
            poller.askIfDue(HOUR, (name, result) -> {});
        }

        assertThat(asked).isEqualTo(100 + 20);
    }
}
