package io.pgproxy.health.decide;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproxy.config.NodeConfig;
import io.pgproxy.config.NodeConfig.Scheme;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ConfiguredNodesTest {
    private static final Membership FILE =
            Membership.configured(List.of(new NodeConfig("db2", "192.168.50.22", 5432, 8008, Scheme.HTTP, 70)));

    private static final ClusterHealth CLUSTER =
            ClusterHealth.nothingKnown(Answers.CONFIG, List.of("db2"), Optional.of("main"), Duration.ofMinutes(10), 0);

    private static Membership after(String name, String host, ClusterHealth cluster) {
        StoredMember member = new StoredMember(
                "replica",
                "running",
                OptionalLong.of(5),
                MemberPlace.of(name, "postgres://" + host + ":5432/postgres", "http://" + host + ":8008/patroni"));
        PatroniStore store = new PatroniStore(Optional.empty(), Map.of(name, member), Optional.empty(), Set.of());
        return new ConfiguredNodes().next(FILE, store, cluster, 0);
    }

    @Test
    void aMemberBesideTheFileIsToldAndNotUsed() {
        Membership next = after("pg105", "192.168.50.25", CLUSTER);

        assertThat(next.nodes()).isEqualTo(FILE.nodes());
        assertThat(next.leftOut()).containsExactly(Map.entry("pg105", "nodes does not name it"));
    }

    @Test
    void aMemberThatTheFileNamesIsNoNews() {
        assertThat(after("db2", "somewhere", CLUSTER)).isEqualTo(FILE);
    }

    @Test
    void aMemberThatTheFileCallsSomethingElseIsKnownByItsPlace() {
        assertThat(after("pg103", "192.168.50.22", CLUSTER)).isEqualTo(FILE);
    }

    @Test
    void aMemberThatTheFileCallsSomethingElseIsKnownByItsAnswer() {
        String name = "\"patroni\":{\"scope\":\"main\",\"name\":\"pg103\"}";
        ClusterHealth cluster = CLUSTER.after("db2", Answers.at(0, Answers.replicaSaying(name)));

        assertThat(after("pg103", "db2.example", cluster)).isEqualTo(FILE);
    }
}
