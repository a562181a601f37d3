package io.pgproxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.ResourceLock;

/** What happens when something runs out: it bends, or it leaves; it does not linger. */
@ResourceLock("ct100 of the steady cluster")
class ExhaustionIT {
    private static final String CONFIG =
            """
            nodes:
              - {name: pg102, host: pg102}
              - {name: pg103, host: pg103}
              - {name: pg104, host: pg104}
            """;

    private static final Duration SOON = Duration.ofSeconds(30);

    @RegisterExtension
    static final SharedCluster CLUSTER = SharedCluster.steady();

    @AfterEach
    void remove() {
        CLUSTER.get().remove("ct100");
    }

    /** 400 files are 100 sessions; a configuration that asks for more does not get them. */
    @Test
    void descriptorsAreKeptForWhoeverNeedsThem() {
        Cluster cluster = CLUSTER.get();
        Host proxy = cluster.startProxyWithFiles(400, 0, "ct100", CONFIG + "sessions: {max: 5000}\n");
        assertThat(proxy.log()).containsPattern("WARN .*5000.*100");
        Sessions staying = Sessions.open(cluster.client(), "host=ct100", 5);

        try (Crowd crowd = Crowd.come(cluster.client(), "host=ct100 port=5433 sslmode=disable", 120)) {
            assertThat(crowd.servers()).hasSize(95);
            assertThat(crowd.refusals()).hasSize(25).allMatch(text -> text.contains("pgproxy: "));
            Running silent = cluster.client().start("python3", "/it/silent.py", "ct100", "5432", "1000");
            silent.line("the silent ones too", SOON, "all have come"::equals);

            Cluster.awaitReady(proxy);
            assertThat(nodesUp(proxy)).isEqualTo(3);
            silent.stop();
        }
        Eventually.until("places are free again", SOON, () -> serves(cluster));
        assertThat(staying.stop()).containsExactlyInAnyOrderElementsOf(staying.opened());
    }

    /** Others have taken descriptors that the limits know nothing of, so that the kernel itself says no. */
    @Test
    void withoutDescriptorsNewcomersWaitAndTheOthersGoOn() {
        Cluster cluster = CLUSTER.get();
        Host proxy = cluster.startProxyWithFiles(400, 220, "ct100", CONFIG);
        Sessions staying = Sessions.open(cluster.client(), "host=ct100", 5);
        long changes = transitions(proxy);

        Running silent = cluster.client().start("python3", "/it/silent.py", "ct100", "5432", "150");
        Eventually.until("the log says so", SOON, () -> proxy.log().contains("cannot accept connections"));
        Running newcomer = cluster.client().start("psql", "-XAt", "-c", "select 1");
        Eventually.until("somebody waits in the backlog", SOON, () -> proxy.shell(
                        "ss -Hltn 'sport = :5432' | awk '{exit $2 > 0 ? 0 : 1}'")
                .ok());
        assertThat(newcomer.hasEnded()).isFalse();
        assertThat(staying.ended()).isEmpty();
        silent.stop();

        assertThat(newcomer.await(SOON).orFail()).isEqualTo("1");
        assertThat(transitions(proxy)).isEqualTo(changes);
        assertThat(staying.stop()).containsExactlyInAnyOrderElementsOf(staying.opened());
        Cluster.awaitReady(proxy);
    }

    /** Unfinished handshakes are kept on the heap: 3,000 of 16 KB do not fit. */
    @Test
    void withoutHeapItLeavesAndIsStartedAgain() {
        Cluster cluster = CLUSTER.get();
        Host proxy = start("-Xmx28m", "sessions: {max-startups: 5000, startup-timeout: 60s}\n");

        Running silent = cluster.client().start("python3", "/it/silent.py", "ct100", "5432", "3000", "16000");

        awaitItsEndAndReturn(proxy);
        silent.stop();
        Eventually.until("it serves again", SOON, () -> serves(cluster));
    }

    /** A hundred results that nobody reads, each with its buffers. */
    @Test
    void withoutDirectMemoryItLeavesAndIsStartedAgain() {
        Cluster cluster = CLUSTER.get();
        Host proxy = start("-Xmx64m -XX:MaxDirectMemorySize=6m -Dio.netty.allocator.chunkSize=131072", "");

        Running greedy = cluster.client().start("python3", "/it/greedy.py", "host=ct100", "100");

        awaitItsEndAndReturn(proxy);
        greedy.stop();
        Eventually.until("it serves again", SOON, () -> serves(cluster));
    }

    private static Host start(String options, String more) {
        Host proxy = CLUSTER.get().startUnreadyProxy("ct100", CONFIG + more, Map.of("JAVA_OPTS", options));
        Cluster.awaitReady(proxy);
        return proxy;
    }

    private static void awaitItsEndAndReturn(Host proxy) {
        Eventually.until("it leaves", SOON, proxy::log, log -> log.contains("ended with 1: starting it again"));
        assertThat(proxy.log()).containsPattern("(?i)out of memory|OutOfMemoryError");
    }

    private static boolean serves(Cluster cluster) {
        return cluster.client()
                .run("psql", "-XAt", "connect_timeout=5", "-c", "select 1")
                .ok();
    }

    private static int nodesUp(Host proxy) {
        return Integer.parseInt(proxy.shell(
                        "curl -s localhost:7000/api/v1/status | jq '[.nodes[] | select(.state == \"up\")] | length'")
                .orFail());
    }

    private static long transitions(Host proxy) {
        return proxy.log()
                .lines()
                .filter(line -> line.contains(" node pg") && line.contains(" -> "))
                .count();
    }
}
