package io.pgproxy.health.decide;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproxy.core.Role;
import io.pgproxy.core.Standing;
import org.junit.jupiter.api.Test;

/** Which cluster is ours, and who does not belong to it. */
class ClusterIdentityTest {
    private static final ProbeOutcome OTHER_PRIMARY = Answers.ofCluster(200, "primary", "main", "666");
    private static final ProbeOutcome OTHER_REPLICA = Answers.ofCluster(503, "replica", "main", "666");

    @Test
    void aNodeOfAnotherClusterIsRefusedLoudly() {
        Scenario scenario = Scenario.healthy().hears("pg104", OTHER_PRIMARY);
        assertThat(scenario.state("pg104")).isEqualTo(NodeState.REFUSED);
        assertThat(scenario.candidates("primary")).containsExactly("pg102:PRIMARY:0");
        assertThat(scenario.log)
                .contains("ERROR node pg104 UP -> REFUSED: another cluster: scope main, system identifier 666"
                        + " (ours: scope main, system identifier " + Answers.IDENTIFIER + ")");
    }

    @Test
    void aRefusalEndsNoSession() {
        Scenario scenario = Scenario.healthy().hears("pg102", OTHER_PRIMARY);
        assertThat(scenario.standing("pg102", Role.PRIMARY)).isEqualTo(Standing.STAY);
    }

    @Test
    void anotherScopeThanTheConfiguredOneIsRefusedEvenIfItAnswersFirst() {
        Scenario scenario = Scenario.withScope("main").hears("pg102", Answers.ofCluster(200, "primary", "test", "666"));
        assertThat(scenario.state("pg102")).isEqualTo(NodeState.REFUSED);
        assertThat(scenario.candidates("primary")).isEmpty();
    }

    @Test
    void theFirstAnswerCountsUntilTheOthersOutvoteIt() {
        Scenario scenario = Scenario.start().hears("pg104", OTHER_PRIMARY);
        assertThat(scenario.state("pg104")).isEqualTo(NodeState.UP);
        scenario.hears("pg102", Answers.primary(5)).hears("pg103", Answers.replica(5));
        assertThat(scenario.state("pg104")).isEqualTo(NodeState.REFUSED);
        assertThat(scenario.candidates("primary")).containsExactly("pg102:PRIMARY:0");
    }

    @Test
    void aSettledIdentityIsNotOutvoted() {
        Scenario scenario = Scenario.healthy().hears("pg103", OTHER_REPLICA).hears("pg104", OTHER_PRIMARY);
        assertThat(scenario.state("pg102")).isEqualTo(NodeState.UP);
        assertThat(scenario.candidates("primary")).containsExactly("pg102:PRIMARY:0");
    }

    @Test
    void aRestoreThatAllNodesShowIsAcceptedWithAWarning() {
        Scenario scenario = Scenario.healthy()
                .hears("pg103", OTHER_REPLICA)
                .hears("pg104", OTHER_REPLICA)
                .hears("pg102", OTHER_PRIMARY);
        assertThat(scenario.candidates("primary")).containsExactly("pg102:PRIMARY:0");
        assertThat(scenario.log).anyMatch(line -> line.startsWith("WARN the cluster is now scope main"));
    }

    @Test
    void aRestoreIsAcceptedWhileTheReplicasAreStillBeingCopied() {
        Scenario scenario = Scenario.healthy()
                .hears("pg103", Answers.creatingReplica())
                .hears("pg104", Answers.creatingReplica())
                .hears("pg102", OTHER_PRIMARY);
        assertThat(scenario.candidates("primary")).containsExactly("pg102:PRIMARY:0");
    }

    @Test
    void aSingleStrangerAmongSilentNodesIsNotTakenForARestore() {
        Scenario scenario = Scenario.healthy().after(60).hears("pg102", OTHER_PRIMARY);
        assertThat(scenario.state("pg102")).isEqualTo(NodeState.REFUSED);
    }

    @Test
    void aBodyThatHidesTheIdentifierDoesNotLetAStrangerIn() {
        Scenario scenario = Scenario.healthy()
                .hears("pg104", OTHER_PRIMARY)
                .hears("pg104", Answers.json(200, "{\"role\":\"primary\",\"state\":\"running\",\"timeline\":9}"));
        assertThat(scenario.state("pg104")).isEqualTo(NodeState.REFUSED);
    }

    @Test
    void aSilentMemberIsNotOutvotedByStrangers() {
        Scenario scenario = Scenario.healthy();
        for (int i = 0; i < 15; i++) {
            scenario = scenario.after(1).hears("pg102", Answers.silence());
        }
        scenario = scenario.hears("pg103", OTHER_REPLICA).hears("pg104", OTHER_PRIMARY);
        assertThat(scenario.state("pg104")).isEqualTo(NodeState.REFUSED);
    }
}
