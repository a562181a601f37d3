package io.pgproxy.health.stopwatch;

import static io.pgproxy.health.stopwatch.Phase.ANNOUNCED;
import static io.pgproxy.health.stopwatch.Phase.FIRST_BYTE;
import static io.pgproxy.health.stopwatch.Phase.LOST;
import static io.pgproxy.health.stopwatch.Phase.NEW_LEADER_KEY;
import static io.pgproxy.health.stopwatch.Phase.PARKED;
import static io.pgproxy.health.stopwatch.Phase.VERIFIED;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class StopwatchTest {
    private static final Optional<String> NOBODY = Optional.empty();
    private static final Optional<String> PG102 = Optional.of("pg102");
    private static final Optional<String> PG103 = Optional.of("pg103");
    private static final String WHY = "/primary 503, role replica (was primary)";

    /** pg102 is the primary. */
    private final Stopwatch well = Stopwatch.nothingKnown(100).primaryIs(PG102, "", at(0));

    private static Moment at(double seconds) {
        return new Moment((long) (seconds * 1e9), 1_000_000 + (long) (seconds * 1e3));
    }

    private Stopwatch lost() {
        return well.primaryIs(NOBODY, WHY, at(10));
    }

    private Stopwatch verified() {
        return lost().primaryIs(PG103, "", at(12));
    }

    private static Failover newest(Stopwatch stopwatch) {
        return stopwatch.all().get(0);
    }

    @Test
    void firstPrimaryIsNoChange() {
        assertThat(Stopwatch.nothingKnown(100).primaryIs(NOBODY, "", at(0)).all())
                .isEmpty();
        assertThat(well.all()).isEmpty();
    }

    @Test
    void samePrimaryIsNoNews() {
        assertThat(well.primaryIs(PG102, "", at(1))).isSameAs(well);
    }

    @Test
    void everyPhaseHasItsMoment() {
        Stopwatch stopwatch = well.announced(at(9))
                .primaryIs(NOBODY, WHY, at(10))
                .parked(at(10.5))
                .leaderKey("pg103", at(11))
                .primaryIs(PG103, "", at(12))
                .served("pg103", at(12.25));

        assertThat(stopwatch.open()).isEmpty();
        assertThat(newest(stopwatch).phases())
                .containsEntry(ANNOUNCED, at(9))
                .containsEntry(LOST, at(10))
                .containsEntry(PARKED, at(10.5))
                .containsEntry(NEW_LEADER_KEY, at(11))
                .containsEntry(VERIFIED, at(12))
                .containsEntry(FIRST_BYTE, at(12.25));
        assertThat(newest(stopwatch).from()).isEqualTo("pg102");
        assertThat(newest(stopwatch).to()).isEqualTo(PG103);
        assertThat(newest(stopwatch).why()).isEqualTo(WHY);
    }

    @Test
    void phaseThatDidNotHappenIsAbsent() {
        assertThat(newest(verified().served("pg103", at(13))).phases()).containsOnlyKeys(LOST, VERIFIED, FIRST_BYTE);
    }

    @Test
    void changeFromOneTableToTheNextIsALossToo() {
        Failover change = newest(well.primaryIs(PG103, WHY, at(10)));

        assertThat(change.phases()).containsOnlyKeys(LOST, VERIFIED).containsEntry(VERIFIED, at(10));
        assertThat(change.why()).isEqualTo(WHY);
    }

    @Test
    void onlyTheFirstOfEachPhaseCounts() {
        Stopwatch stopwatch = lost().primaryIs(NOBODY, "later", at(11))
                .parked(at(11))
                .parked(at(11.5))
                .leaderKey("pg103", at(11.6))
                .leaderKey("pg104", at(11.7));

        assertThat(newest(stopwatch).phases())
                .containsEntry(LOST, at(10))
                .containsEntry(PARKED, at(11))
                .containsEntry(NEW_LEADER_KEY, at(11.6));
        assertThat(newest(stopwatch).why()).isEqualTo(WHY);
    }

    @Test
    void primaryThatComesBackIsRecorded() {
        Failover change = newest(lost().primaryIs(PG102, "", at(11)).served("pg102", at(12)));

        assertThat(change.to()).isEqualTo(PG102);
        assertThat(change.over()).isTrue();
    }

    @Test
    void underWayItIsNotOver() {
        assertThat(newest(lost()).over()).isFalse();
        assertThat(newest(verified()).over()).isFalse();
    }

    @Test
    void troubleBeginsWithTheFirstWhoHasToWait() {
        Failover change = newest(well.parked(at(2)).primaryIs(NOBODY, WHY, at(10)));

        assertThat(change.began()).isEqualTo(at(2));
    }

    /** Whoever waited has left, or the address has moved, and no session was answered here since. */
    @Test
    void whoWaitedLongAgoDoesNotCountEither() {
        Failover change = newest(well.parked(at(2)).at(at(61)).at(at(62)).primaryIs(NOBODY, WHY, at(1_000)));

        assertThat(change.has(PARKED)).isFalse();
        assertThat(change.began()).isEqualTo(at(1_000));
    }

    @Test
    void whoWaitedInQuietTimesDoesNotCount() {
        Failover change = newest(well.parked(at(2)).served("pg102", at(3)).primaryIs(NOBODY, WHY, at(10)));

        assertThat(change.has(PARKED)).isFalse();
    }

    @Test
    void troubleDoesNotBeginWithTheAnnouncement() {
        assertThat(newest(well.announced(at(9)).primaryIs(NOBODY, WHY, at(10))).began())
                .isEqualTo(at(10));
    }

    @Test
    void announcementThatIsWithdrawnIsForgotten() {
        assertThat(well.announced(at(9)).withdrawn().all()).isEmpty();
    }

    @Test
    void announcementForWhichSessionsWaitedCanBeWithdrawn() {
        assertThat(well.announced(at(9)).parked(at(9.5)).withdrawn().all()).isEmpty();
    }

    @Test
    void lossCannotBeWithdrawn() {
        assertThat(well.announced(at(9))
                        .primaryIs(NOBODY, WHY, at(10))
                        .withdrawn()
                        .all())
                .hasSize(1);
    }

    @Test
    void announcementThatNothingComesOfIsForgotten() {
        Stopwatch announced = well.announced(at(9));

        assertThat(announced.at(at(9 + 599)).all()).hasSize(1);
        assertThat(announced.at(at(9 + 600)).all()).isEmpty();
    }

    @Test
    void lossLastsAsLongAsItLasts() {
        assertThat(lost().at(at(100_000)).open()).isPresent();
    }

    @Test
    void leaderKeyOfTheOldPrimaryIsNoSign() {
        assertThat(well.leaderKey("pg102", at(1))).isSameAs(well);
        assertThat(newest(lost().leaderKey("pg102", at(11))).has(NEW_LEADER_KEY))
                .isFalse();
    }

    @Test
    void leaderKeyMayBeAheadOfTheLoss() {
        Failover change = newest(well.leaderKey("pg103", at(9)).primaryIs(PG103, WHY, at(10)));

        assertThat(change.began()).isEqualTo(at(9));
        assertThat(change.phases()).containsOnlyKeys(NEW_LEADER_KEY, LOST, VERIFIED);
    }

    @Test
    void leaderKeyMayComeAfterTheCheck() {
        assertThat(newest(verified().leaderKey("pg103", at(12.1))).phases()).containsEntry(NEW_LEADER_KEY, at(12.1));
    }

    @Test
    void answerOfTheOldPrimaryEndsNothing() {
        assertThat(verified().served("pg102", at(13)).open()).isPresent();
        assertThat(lost().served("pg102", at(11)).open()).isPresent();
    }

    @Test
    void clientIsNotWaitedForWithoutEnd() {
        assertThat(verified().at(at(12 + 59)).open()).isPresent();

        Stopwatch later = verified().at(at(12 + 60));
        assertThat(later.open()).isEmpty();
        assertThat(newest(later).has(FIRST_BYTE)).isFalse();
    }

    @Test
    void nextLossEndsTheOneBefore() {
        Stopwatch stopwatch = verified().primaryIs(NOBODY, "does not answer", at(20));

        assertThat(stopwatch.all()).extracting(Failover::number).containsExactly(2L, 1L);
        assertThat(stopwatch.all()).extracting(Failover::from).containsExactly("pg103", "pg102");
        assertThat(stopwatch.all()).extracting(Failover::over).containsExactly(false, true);
    }

    @Test
    void lastHundredAreKept() {
        Stopwatch stopwatch = well;
        for (int i = 1; i <= 120; i++) {
            stopwatch =
                    stopwatch.primaryIs(i % 2 == 0 ? PG102 : PG103, WHY, at(i)).at(at(i + 0.5));
        }

        assertThat(stopwatch.past()).hasSize(100);
        assertThat(stopwatch.past().get(0).number()).isEqualTo(119);
        assertThat(newest(stopwatch).number()).isEqualTo(120);
    }

    @Test
    void beforeTheFirstPrimaryThereIsNothingToLose() {
        Stopwatch unknown = Stopwatch.nothingKnown(100)
                .announced(at(1))
                .leaderKey("pg102", at(2))
                .primaryIs(NOBODY, "", at(3))
                .withdrawn();

        assertThat(unknown).isEqualTo(Stopwatch.nothingKnown(100));
    }
}
