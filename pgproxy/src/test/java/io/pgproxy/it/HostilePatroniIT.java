package io.pgproxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproxy.it.Openings.Opening;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.ResourceLock;

/** Nodes whose Patroni says nothing, nonsense or too much do not disturb the others. */
@ResourceLock("ct100 of the steady cluster")
class HostilePatroniIT {
    private static final String CONFIG =
            """
            nodes:
              - {name: silent, host: fakes, port: 5431, patroni-port: 9001}
              - {name: garbage, host: fakes, port: 5432, patroni-port: 9002}
              - {name: broken-json, host: fakes, port: 5433, patroni-port: 9003}
              - {name: pg102, host: pg102}
              - {name: pg103, host: pg103}
              - {name: pg104, host: pg104}
              - {name: hundred-megabytes, host: fakes, port: 5434, patroni-port: 9004}
              - {name: endless-header, host: fakes, port: 5435, patroni-port: 9005}
              - {name: stranger, host: fakes, port: 5436, patroni-port: 9006}
            patroni: {scope: main}
            """;

    @RegisterExtension
    static final SharedCluster CLUSTER = SharedCluster.steady();

    private static Cluster cluster;
    private static Host proxy;

    @BeforeAll
    static void start() {
        cluster = CLUSTER.get();
        Host fakes = cluster.startClient("fakes");
        fakes.start("python3", "/it/fake_patroni.py").line("it listens", Duration.ofSeconds(10), "listening"::equals);
        proxy = cluster.startProxy("ct100", CONFIG);
    }

    @AfterAll
    static void stop() {
        CLUSTER.get().remove("ct100");
        CLUSTER.get().remove("fakes");
    }

    @Test
    void othersAreServedAndNothingGrows() {
        Host primary = cluster.primary();
        ProxyProcess process = new ProxyProcess(proxy);
        Sessions staying = Sessions.open(cluster.client(), "host=ct100", 5);
        Openings.start(cluster.client(), "host=ct100", 50, Duration.ofMillis(100))
                .await();
        long residentKilobytes = process.residentKilobytes();

        List<Opening> all = Openings.start(cluster.client(), "host=ct100", 100, Duration.ofMillis(100))
                .await();

        assertThat(all).allMatch(Opening::ok).extracting(Opening::server).containsOnly(primary.address());
        assertThat(process.residentKilobytes()).isLessThan(residentKilobytes + 32 * 1024);
        assertThat(process.descriptors()).isLessThan(100);
        assertThat(staying.stop()).containsExactlyInAnyOrderElementsOf(staying.opened());
    }

    @Test
    void statusSaysWhatIsWrongWithEach() {
        assertThat(state("silent")).isEqualTo("unknown: does not answer (no answer within 2000 ms)");
        assertThat(state("garbage")).isEqualTo("unknown: does not answer (an answer that is not HTTP)");
        assertThat(state("broken-json")).isEqualTo("unknown: does not answer (/primary 200 with a broken body)");
        assertThat(state("hundred-megabytes")).isEqualTo("unknown: does not answer (a body of more than 65536 bytes)");
        assertThat(state("endless-header")).startsWith("unknown: does not answer (");
        assertThat(state("stranger")).startsWith("refused: another cluster: scope other");
    }

    private static String state(String node) {
        return proxy.shell("curl -s localhost:7000/api/v1/status" + " | jq -r '.nodes[] | select(.name == \"" + node
                        + "\") | .state + \": \" + .reason'")
                .orFail();
    }
}
