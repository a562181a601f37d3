package io.pgproxy.it;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.ResourceLock;

/** Each gets its clear answer; the others notice nothing, and nothing of it stays behind. */
@ResourceLock("ct100 of the steady cluster")
class HostileClientsIT {
    private static final String CONFIG =
            """
            nodes:
              - {name: pg102, host: pg102}
              - {name: pg103, host: pg103}
              - {name: pg104, host: pg104}
            sessions: {startup-timeout: 3s}
            """;

    private static final String NOT_POSTGRES = "pgproxy: this is not a PostgreSQL startup packet";
    private static final String TOO_LATE = "pgproxy: no whole startup packet came in time";
    private static final String NOTHING = "answered b''";

    @RegisterExtension
    static final SharedCluster CLUSTER = SharedCluster.steady();

    private static Cluster cluster;
    private static Host proxy;

    @BeforeAll
    static void start() {
        cluster = CLUSTER.get();
        proxy = cluster.startProxy("ct100", CONFIG);
    }

    @AfterAll
    static void stop() {
        CLUSTER.get().remove("ct100");
    }

    @Test
    void everyoneIsAnsweredAndNothingIsLeft() {
        ProxyProcess process = new ProxyProcess(proxy);
        Sessions others = Sessions.open(cluster.client(), "host=ct100", 5);
        attack(20);
        awaitOnlyTheOthers();
        long descriptors = process.descriptors();
        long residentKilobytes = process.residentKilobytes();

        Map<String, Set<String>> alone = attack(1);
        assertEveryoneIsTold(alone);
        Map<String, Set<String>> answers = attack(100);

        // Ten refused clients of one source are heard out at a time; the text can be lost to the others that still
        // talk, if it comes to that to all of a kind.
        for (String talkative : List.of("length_of_4_gb", "length_of_2_gb", "a_byte_a_second")) {
            answers.computeIfPresent(talkative, (kind, all) -> heard(all, alone.getOrDefault(kind, Set.of())));
        }
        assertEveryoneIsTold(answers);
        awaitOnlyTheOthers();
        Eventually.until(
                "between two checks of the nodes as many descriptors as before, " + descriptors,
                Duration.ofSeconds(10),
                process::descriptors,
                now -> now <= descriptors);
        assertThat(process.residentKilobytes()).isLessThan(residentKilobytes + 32 * 1024);
        assertThat(others.stop()).containsExactlyInAnyOrderElementsOf(others.opened());
    }

    private static void assertEveryoneIsTold(Map<String, Set<String>> answers) {
        assertThat(answers.get("http")).singleElement().asString().contains(NOT_POSTGRES);
        assertThat(answers.get("length_of_4_gb")).singleElement().asString().contains(NOT_POSTGRES);
        assertThat(answers.get("length_of_2_gb")).singleElement().asString().contains(NOT_POSTGRES);
        assertThat(answers.get("length_of_zero")).singleElement().asString().contains(NOT_POSTGRES);
        assertThat(answers.get("cut_short")).containsExactly(NOTHING);
        assertThat(answers.get("a_byte_a_second")).singleElement().asString().contains(TOO_LATE);
        assertThat(answers.get("bytes_after_ssl_request"))
                .singleElement()
                .asString()
                .contains("pgproxy: bytes follow the request for encryption");
        assertThat(answers.get("nothing_at_all")).singleElement().asString().contains(TOO_LATE);
    }

    /** What those of a crowd heard that were not reset, and what one of their kind hears who comes alone. */
    private static Set<String> heard(Set<String> crowd, Set<String> alone) {
        return Stream.concat(crowd.stream().filter(answer -> !answer.startsWith("reset: ")), alone.stream())
                .collect(toSet());
    }

    /** The different answers to each kind of attack. */
    private static Map<String, Set<String>> attack(int times) {
        return cluster.client()
                .start("python3", "/it/hostile.py", "ct100", Integer.toString(times))
                .await(Duration.ofSeconds(60))
                .orFail()
                .lines()
                .map(line -> line.split(" ", 2))
                .collect(groupingBy(words -> words[0], mapping(words -> words[1], toSet())));
    }

    private static void awaitOnlyTheOthers() {
        Eventually.until(
                "only the five connections are left",
                Duration.ofSeconds(30),
                () -> proxy.shell("ss -Htn state connected '( sport = :5432 )' | grep -v TIME-WAIT | wc -l")
                        .out(),
                "5"::equals);
    }
}
