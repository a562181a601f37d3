package io.pgproxy.health.decide;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproxy.config.HealthConfig;
import io.pgproxy.core.Role;
import io.pgproxy.core.Standing;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What rise, fall and stale-after do to one node. */
class NodeHealthTest {
    private static final HealthConfig RISE_TWO = new HealthConfig(
            Duration.ofSeconds(1), Duration.ofMillis(100), Duration.ofSeconds(2), 2, 3, Duration.ofSeconds(10));

    @Test
    void riseYesesInARowBringANodeUp() {
        Scenario scenario = Scenario.withConfig(RISE_TWO).hears("pg102", Answers.primary(5));
        assertThat(scenario.state("pg102")).isEqualTo(NodeState.WAITING);
        assertThat(scenario.hears("pg102", Answers.primary(5)).state("pg102")).isEqualTo(NodeState.UP);
    }

    @Test
    void silenceBetweenTheYesesStartsTheCountAgain() {
        Scenario scenario = Scenario.withConfig(RISE_TWO)
                .hears("pg102", Answers.primary(5))
                .hears("pg102", Answers.silence())
                .hears("pg102", Answers.primary(5));
        assertThat(scenario.state("pg102")).isEqualTo(NodeState.WAITING);
    }

    @Test
    void aNewRoleIsLostToTheOldOneBeforeItHasRisen() {
        Scenario scenario = Scenario.withConfig(RISE_TWO)
                .hears("pg103", Answers.replica(5))
                .hears("pg103", Answers.replica(5))
                .hears("pg103", Answers.primary(6));
        assertThat(scenario.standing("pg103", Role.REPLICA)).isEqualTo(Standing.END);
        assertThat(scenario.standing("pg103", Role.PRIMARY)).isEqualTo(Standing.STAY);
    }

    @Test
    void oneMissedCheckDoesNotMakeANodeRiseAgain() {
        Scenario scenario = Scenario.withConfig(RISE_TWO)
                .hears("pg102", Answers.primary(5))
                .hears("pg102", Answers.primary(5))
                .hears("pg102", Answers.silence())
                .hears("pg102", Answers.primary(5));
        assertThat(scenario.state("pg102")).isEqualTo(NodeState.UP);
    }

    @Test
    void aYesGrowsOldEvenIfNobodyAsks() {
        assertThat(Scenario.healthy().after(10).state("pg102")).isEqualTo(NodeState.STALE);
    }

    @Test
    void aStaleNodesReasonSaysThatItDoesNotAnswer() {
        Scenario scenario = Scenario.healthy().hears("pg102", Answers.silence()).after(10);
        assertThat(scenario.cluster().view("pg102").reason()).isEqualTo("does not answer, last yes over 10s ago");
    }

    @Test
    void aNewYesRevivesAStaleNode() {
        Scenario scenario = Scenario.healthy().after(60).hears("pg102", Answers.primary(5));
        assertThat(scenario.candidates("primary")).containsExactly("pg102:PRIMARY:0");
    }

    @Test
    void aDemotedPrimaryServesReadersFromItsNextAnswerOn() {
        Scenario scenario = Scenario.healthy()
                .hears("pg103", Answers.primary(6))
                .hears("pg102", Answers.replica(6))
                .hears("pg102", Answers.replica(6));
        assertThat(scenario.candidates("replicas")).contains("pg102:REPLICA:0");
    }

    @Test
    void waysToFailThatTakeTurnsMakeNoNewTables() {
        Scenario scenario = Scenario.start();
        for (int i = 0; i < 4; i++) {
            scenario.hears("pg102", failure(i));
        }
        long version = scenario.outlook().table().version();
        for (int i = 0; i < 40; i++) {
            scenario.after(0.1).hears("pg102", failure(i));
        }
        assertThat(scenario.outlook().table().version()).isEqualTo(version);
        for (int i = 0; i < 40; i++) {
            scenario.after(0.1).hears("pg102", Answers.silence());
        }
        assertThat(scenario.cluster().view("pg102").reason()).contains("no answer within 2000 ms");
    }

    private static ProbeOutcome failure(int turn) {
        return ProbeOutcome.failed(ProbeOutcome.Kind.NO_CONNECTION, "refused by address " + turn % 2);
    }

    @Test
    void sessionsGoToAnotherAddressOnlyAfterAYesFromThere() throws UnknownHostException {
        InetAddress first = InetAddress.getByName("10.0.0.1");
        InetAddress second = InetAddress.getByName("10.0.0.2");
        Scenario scenario = Scenario.start().hears("pg102", from(first, Answers.primary(5)));
        scenario.hears("pg102", from(second, Answers.silence()));
        assertThat(address(scenario)).isEqualTo(first);
        scenario.hears("pg102", from(second, Answers.of(503, "primary", "running")));
        scenario.hears("pg102", from(first, Answers.silence()));
        assertThat(scenario.nodes("primary")).isEmpty();
        scenario.hears("pg102", from(second, Answers.primary(5)));
        assertThat(address(scenario)).isEqualTo(second);
        assertThat(scenario.standing("pg102", Role.PRIMARY)).isEqualTo(Standing.GO);
    }

    private static ProbeResult from(InetAddress address, ProbeOutcome outcome) {
        return new ProbeResult(outcome, Optional.of(address), 0, 0);
    }

    private static InetAddress address(Scenario scenario) {
        return scenario.outlook()
                .table()
                .route("primary")
                .candidates()
                .get(0)
                .address()
                .getAddress();
    }
}
