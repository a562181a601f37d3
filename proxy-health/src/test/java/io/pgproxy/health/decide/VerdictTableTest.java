package io.pgproxy.health.decide;

import static io.pgproxy.core.Standing.END;
import static io.pgproxy.core.Standing.GO;
import static io.pgproxy.core.Standing.STAY;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgproxy.core.Role;
import io.pgproxy.core.Standing;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The table of verdicts, row by row, for a node that was the primary. */
class VerdictTableTest {
    private static Scenario primaryThenHears(ProbeOutcome outcome) {
        return Scenario.healthy().after(1).hears("pg102", outcome);
    }

    private static Standing primaryAfter(ProbeOutcome outcome) {
        return primaryThenHears(outcome).standing("pg102", Role.PRIMARY);
    }

    @ParameterizedTest
    @ValueSource(strings = {"primary", "master"})
    void newSessionsGoToARunningPrimaryWithTheLock(String role) {
        assertThat(primaryAfter(Answers.of(200, role, "running"))).isEqualTo(GO);
    }

    @ParameterizedTest
    @CsvSource({
        "replica, running",
        "promoted, running",
        "standby_leader, running",
        "uninitialized, running",
        "primary, starting",
        "primary, restarting",
        "primary, crash recovery",
        "primary, unknown",
        "primary, stopping"
    })
    void theLockWithAnotherRoleOrStateParksNewSessionsAndKeepsTheOthers(String role, String state) {
        Scenario scenario = primaryThenHears(Answers.of(200, role, state));
        assertThat(scenario.standing("pg102", Role.PRIMARY)).isEqualTo(STAY);
        assertThat(scenario.candidates("primary")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"primary, running", "master, running", "primary, stopped", "primary, stopping", "replica, stopping"})
    void noLockYetOrStoppingParksNewSessionsAndKeepsTheOthers(String role, String state) {
        Scenario scenario = primaryThenHears(Answers.of(503, role, state));
        assertThat(scenario.standing("pg102", Role.PRIMARY)).isEqualTo(STAY);
        assertThat(scenario.candidates("primary")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "replica, running",
        "replica, starting",
        "replica, unknown",
        "standby_leader, running",
        "standby_leader, starting",
        "demoted, stopped",
        "uninitialized, creating replica"
    })
    void aLostRoleEndsSessionsAtOnce(String role, String state) {
        Scenario scenario = primaryThenHears(Answers.of(503, role, state));
        assertThat(scenario.standing("pg102", Role.PRIMARY)).isEqualTo(END);
        assertThat(scenario.candidates("primary")).isEmpty();
    }

    @Test
    void aShrunkenBodyWithALostRoleIsStillANo() {
        assertThat(primaryAfter(Answers.shrunken(503, "replica", "unknown"))).isEqualTo(END);
    }

    @Test
    void aWordThatWeDoNotKnowEndsNobody() {
        assertThat(primaryAfter(Answers.of(503, "something_new", "running"))).isEqualTo(STAY);
    }

    @Test
    void silenceChangesNothingUntilTheLastYesIsStale() {
        Scenario scenario = Scenario.healthy();
        for (int i = 0; i < 9; i++) {
            scenario.after(1).hears("pg102", Answers.silence());
        }
        assertThat(scenario.after(0.9).standing("pg102", Role.PRIMARY)).isEqualTo(GO);
    }

    @Test
    void silenceBeyondStaleAfterParksNewSessionsAndKeepsTheOthers() {
        Scenario scenario = Scenario.healthy();
        for (int i = 0; i < 30; i++) {
            scenario.after(1).hears("pg102", Answers.silence());
        }
        assertThat(scenario.standing("pg102", Role.PRIMARY)).isEqualTo(STAY);
        assertThat(scenario.candidates("primary")).isEmpty();
    }

    @Test
    void garbageIsSilence() {
        assertThat(primaryAfter(Answers.json(200, "{\"role\": \"repl"))).isEqualTo(GO);
    }

    @Test
    void anyOtherStatusIsSilence() {
        assertThat(primaryAfter(Answers.json(404, "{\"role\": \"replica\", \"state\": \"running\"}")))
                .isEqualTo(GO);
    }

    @Test
    void fallCountsSilenceOnly() {
        Scenario scenario = Scenario.healthy().after(1).hears("pg102", Answers.silence());
        assertThat(scenario.state("pg102")).isEqualTo(NodeState.UP);
        scenario.hears("pg102", Answers.silence()).hears("pg102", Answers.silence());
        assertThat(scenario.state("pg102")).isEqualTo(NodeState.SILENT);
    }

    @Test
    void silenceAfterNotNowDoesNotOpenTheDoorAgain() {
        Scenario scenario = primaryThenHears(Answers.of(503, "primary", "stopping"));
        for (int i = 0; i < 3; i++) {
            scenario.hears("pg102", Answers.silence());
        }
        assertThat(scenario.state("pg102")).isEqualTo(NodeState.STALE);
        assertThat(scenario.candidates("primary")).isEmpty();
    }

    @Test
    void nothingStartsUp() {
        Scenario scenario = Scenario.start();
        assertThat(scenario.state("pg102")).isEqualTo(NodeState.UNKNOWN);
        assertThat(scenario.hears("pg102", Answers.silence()).state("pg102")).isEqualTo(NodeState.UNKNOWN);
        assertThat(scenario.candidates("primary")).isEmpty();
    }

    @Test
    void ourOwnFaultIsNoVerdict() {
        ProbeOutcome outcome = ProbeOutcome.failed(ProbeOutcome.Kind.OUR_FAULT, "Too many open files");
        Scenario scenario = Scenario.healthy();
        for (int i = 0; i < 5; i++) {
            scenario.after(1).hears("pg102", outcome);
        }
        assertThat(scenario.state("pg102")).isEqualTo(NodeState.UP);
    }

    @Test
    void transitionsNameTheReasonOnce() {
        Scenario scenario = primaryThenHears(Answers.of(503, "replica", "running"));
        scenario.hears("pg102", Answers.of(503, "replica", "running"));
        assertThat(scenario.log)
                .contains("WARN node pg102 UP -> DOWN: /primary 503, role replica (was primary)")
                .doesNotHaveDuplicates();
    }
}
