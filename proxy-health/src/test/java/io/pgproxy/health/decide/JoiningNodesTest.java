package io.pgproxy.health.decide;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproxy.config.NodeConfig;
import io.pgproxy.config.NodeConfig.Scheme;
import io.pgproxy.core.Candidate;
import io.pgproxy.core.Role;
import io.pgproxy.core.Standing;
import io.pgproxy.health.decide.Membership.Source;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What becomes of the table when other nodes are asked. */
class JoiningNodesTest {
    private RoutingPolicy routing = new RoutingPolicy(List.of(Scenario.PRIMARY, Scenario.REPLICAS), List.of());
    private Outlook outlook = Outlook.of(
            ClusterHealth.nothingKnown(Answers.CONFIG, List.of(), Optional.of("main"), Duration.ofMinutes(10), 0), 0);
    private List<NodeConfig> nodes = List.of();
    private long now;

    private static NodeConfig node(String name) {
        return new NodeConfig(name, name, 5432, 8008, Scheme.HTTP, 100);
    }

    private void asks(Set<String> joined, Set<String> moved, String... names) {
        nodes = List.of(names).stream().map(JoiningNodesTest::node).toList();
        routing = routing.withNodes(nodes);
        outlook = routing.ofThese(outlook, outlook.cluster().withNodes(List.of(names), moved, now), joined);
        moveTo(outlook.cluster().at(now));
    }

    private void hears(String node, ProbeOutcome outcome) {
        moveTo(outlook.cluster().after(node, Answers.at(now, outcome)));
    }

    private void moveTo(ClusterHealth cluster) {
        outlook = routing.next(outlook, cluster, now);
    }

    private void twoThatAreWell() {
        asks(Set.of(), Set.of(), "pg102", "pg103");
        hears("pg102", Answers.primary(5));
        hears("pg103", Answers.replica(5));
    }

    private List<Candidate> readers() {
        return outlook.table().route("replicas").candidates();
    }

    private OptionalLong since(String node) {
        return readers().stream()
                .filter(candidate -> candidate.node().equals(node))
                .findFirst()
                .orElseThrow()
                .eligibleSinceNanos();
    }

    @Test
    void whereNobodyIsKnownThatIsSaid() {
        moveTo(outlook.cluster().at(now));

        assertThat(outlook.table().route("primary").whyNobody())
                .isEqualTo("no primary: etcd has told of no member yet");
    }

    @Test
    void theFirstOnesGetTheirWholeShareAtOnce() {
        twoThatAreWell();

        assertThat(since("pg103")).isEmpty();
    }

    @Test
    void whoJoinsOthersIsEasedIn() {
        twoThatAreWell();
        now = Answers.seconds(60);
        hears("pg102", Answers.primary(5));
        hears("pg103", Answers.replica(5));
        asks(Set.of("pg104"), Set.of(), "pg102", "pg103", "pg104");
        hears("pg104", Answers.replica(5));

        assertThat(since("pg104")).hasValue(now);
        assertThat(since("pg103")).isEmpty();
    }

    @Test
    void whoIsForgottenIsNoCandidateAndNobodysAddress() {
        twoThatAreWell();
        asks(Set.of(), Set.of(), "pg102");

        assertThat(readers()).extracting(Candidate::node).containsExactly("pg102");
        assertThat(outlook.table().addresses()).containsOnlyKeys("pg102");
    }

    @Test
    void sessionsOnWhoIsForgottenStay() {
        twoThatAreWell();
        asks(Set.of(), Set.of(), "pg102");

        for (Role role : Role.values()) {
            assertThat(outlook.table().verdict("replicas", "pg103", role).standing())
                    .isEqualTo(Standing.STAY);
        }
    }

    /** Relay loops that are busy see no table but the newest one. */
    @Test
    void theEndOfSessionsOnWhoIsOverruledIsInTheNextTableToo() {
        twoThatAreWell();
        for (int n = 0; n < 3; n++) {
            hears("pg102", Answers.silence());
        }
        now = Answers.seconds(660);
        hears("pg103", Answers.primary(6));
        Membership before = new Membership(Source.ETCD, nodes, Map.of());
        Membership next = new DiscoveredNodes(Scheme.HTTP).next(before, PatroniStore.EMPTY, outlook.cluster(), now);
        asks(Set.of(), Set.of(), next.names().toArray(String[]::new));

        assertThat(outlook.table().verdict("primary", "pg102", Role.PRIMARY).standing())
                .isEqualTo(Standing.END);
    }

    @Test
    void whoIsAskedElsewhereServesNobodyUntilItAnswersThere() {
        twoThatAreWell();
        asks(Set.of(), Set.of("pg103"), "pg102", "pg103");

        assertThat(readers()).extracting(Candidate::node).containsExactly("pg102");
        hears("pg103", Answers.replica(5));
        assertThat(readers()).extracting(Candidate::node).containsExactly("pg103", "pg102");
    }

    @Test
    void theSameNodesMakeNoOtherTable() {
        twoThatAreWell();
        long version = outlook.table().version();
        asks(Set.of(), Set.of(), "pg102", "pg103");

        assertThat(outlook.table().version()).isEqualTo(version);
    }
}
