package io.pgproxy.health.decide;

import static io.pgproxy.core.Standing.GO;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgproxy.config.ListenerConfig.Route;
import io.pgproxy.config.MaxLag;
import io.pgproxy.config.ReadsConfig.Fallback;
import io.pgproxy.core.Role;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** The routes sync and async: which replicas are on which, and what Patroni's words mean for that. */
class SyncRoutesTest {
    /** pg103 is the one that commits wait for. */
    private static Scenario oneSynchronous() {
        return Scenario.with(Scenario.SYNC, Scenario.ASYNC).allWell().hears("pg103", Answers.syncReplica());
    }

    @Test
    void eachReplicaIsOnOneOfTheTwoRoutes() {
        assertThat(oneSynchronous().candidates("sync")).containsExactly("pg103:REPLICA:0");
        assertThat(oneSynchronous().candidates("async")).containsExactly("pg104:REPLICA:0");
    }

    @Test
    void aMemberOfTheQuorumIsSynchronous() {
        Scenario scenario = oneSynchronous().hears("pg104", Answers.replicaSaying("\"quorum_standby\":true"));
        assertThat(scenario.nodes("sync")).containsExactly("pg103", "pg104");
        assertThat(scenario.nodes("async")).isEmpty();
    }

    @Test
    void aReplicaThatStopsBeingSynchronousKeepsItsSessions() {
        Scenario scenario = oneSynchronous().hears("pg103", Answers.replica(5));
        assertThat(scenario.nodes("sync")).isEmpty();
        assertThat(scenario.nodes("async")).contains("pg103");
        assertThat(scenario.standing("pg103", Role.REPLICA)).isEqualTo(GO);
    }

    @Test
    void withoutEtcdTheLastWordStands() {
        Scenario scenario = oneSynchronous()
                .hears("pg103", Answers.replicaSaying("\"cluster_unlocked\":true"))
                .hears("pg104", Answers.replicaSaying("\"cluster_unlocked\":true"));
        assertThat(scenario.nodes("sync")).containsExactly("pg103");
        assertThat(scenario.nodes("async")).containsExactly("pg104");
    }

    @Test
    void aNodeThatIsNotEligibleIsOnNeitherRoute() {
        Scenario scenario = oneSynchronous()
                .hears("pg103", Answers.replicaSaying("\"sync_standby\":true,\"tags\":{\"noloadbalance\":true}"))
                .hears("pg104", Answers.replicaSaying("\"replication_state\":\"in archive recovery\""));
        assertThat(scenario.nodes("sync")).isEmpty();
        assertThat(scenario.nodes("async")).isEmpty();
    }

    @Test
    void maxLagAppliesToThem() {
        MaxLag megabyte = new MaxLag(OptionalLong.of(1_000_000), Optional.empty());
        Scenario scenario = Scenario.with(Scenario.listener("sync", Route.SYNC, megabyte, Fallback.NONE))
                .hears("pg102", Answers.primaryAt(5, 10_000_000))
                .after(1)
                .hears("pg103", Answers.replicaSaying("\"sync_standby\":true,\"xlog\":{\"replayed_location\":1}"));
        assertThat(scenario.whyNobody("sync")).contains("pg103 replica too far behind, or not measured yet");
    }

    @Test
    void thePrimaryIsTheirFallback() {
        Scenario scenario = Scenario.with(Scenario.listener("sync", Route.SYNC, MaxLag.NONE, Fallback.PRIMARY))
                .allWell();
        assertThat(scenario.candidates("sync")).containsExactly("pg102:FALLBACK:2");
    }

    @Test
    void whyNobodySaysWhatWasWanted() {
        Scenario scenario = Scenario.with(Scenario.SYNC, Scenario.ASYNC)
                .hears("pg102", Answers.primary(5))
                .hears("pg103", Answers.syncReplica())
                .hears("pg104", Answers.replica(5));
        assertThat(scenario.hears("pg103", Answers.replica(5)).whyNobody("sync"))
                .isEqualTo(
                        "no synchronous replica: pg102 primary; pg103 replica, asynchronous; pg104 replica, asynchronous");
        assertThat(scenario.hears("pg103", Answers.syncReplica())
                        .hears("pg104", Answers.syncReplica())
                        .whyNobody("async"))
                .isEqualTo(
                        "no asynchronous replica: pg102 primary; pg103 replica, synchronous; pg104 replica, synchronous");
    }

    @Test
    void whichReplicaIsSynchronousIsWorthALine() {
        Scenario scenario = oneSynchronous().hears("pg104", Answers.syncReplica());
        assertThat(scenario.hears("pg103", Answers.replica(5)).log)
                .contains(
                        "INFO listener sync: sessions go to pg103, pg104", "INFO listener sync: sessions go to pg104");
    }

    @Test
    void thePrimaryIsNotNamedBesideThoseThatGetTheSessions() {
        Scenario scenario = Scenario.with(Scenario.listener("sync", Route.SYNC, MaxLag.NONE, Fallback.PRIMARY))
                .allWell()
                .hears("pg103", Answers.syncReplica());
        assertThat(scenario.log)
                .contains("INFO listener sync: sessions go to pg102 as fallback")
                .endsWith("INFO listener sync: sessions go to pg103");
    }

    @Test
    void anotherOrderIsNoNews() {
        Scenario scenario = oneSynchronous().hears("pg104", Answers.syncReplica());
        int lines = told(scenario, "INFO listener sync:");
        for (int i = 0; i < Answers.CONFIG.fall(); i++) {
            scenario.hears("pg103", Answers.silence());
        }
        assertThat(scenario.nodes("sync")).containsExactly("pg104", "pg103");
        assertThat(told(scenario, "INFO listener sync:")).isEqualTo(lines);
    }

    private static int told(Scenario scenario, String start) {
        return (int)
                scenario.log.stream().filter(line -> line.startsWith(start)).count();
    }
}
