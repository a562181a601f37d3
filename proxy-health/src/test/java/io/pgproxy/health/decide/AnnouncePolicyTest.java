package io.pgproxy.health.decide;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproxy.core.Role;
import io.pgproxy.core.Standing;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What Patroni's key failover does to new sessions, as it is written, cleared, and left lying. */
class AnnouncePolicyTest {
    private static final long NOON_MILLIS = 1_795_467_600_000L;
    private static final StoredFailover SWITCHOVER = to("pg103");

    private final Scenario scenario = Scenario.healthy();

    private static PatroniStore store(String leader, Optional<StoredFailover> failover) {
        return new PatroniStore(Optional.of(leader), Map.of(), failover, Set.of());
    }

    private static StoredFailover to(String candidate) {
        return new StoredFailover(Optional.of("pg102"), Optional.of(candidate), OptionalLong.empty());
    }

    private Scenario announced() {
        return scenario.stored(store("pg102", Optional.of(SWITCHOVER)), NOON_MILLIS);
    }

    private Scenario cleared() {
        return scenario.stored(store("pg102", Optional.empty()), NOON_MILLIS);
    }

    private boolean isQuick() {
        return PollPolicy.of(Answers.CONFIG)
                .isQuick(scenario.cluster(), scenario.outlook().table(), scenario.now());
    }

    private boolean newSessionsWait() {
        return scenario.candidates("primary").isEmpty();
    }

    @Test
    void newSessionsWaitAndThoseThatAreThereStay() {
        announced();
        assertThat(newSessionsWait()).isTrue();
        assertThat(scenario.standing("pg102", Role.PRIMARY)).isEqualTo(Standing.GO);
        assertThat(scenario.whyNobody("primary"))
                .isEqualTo("no primary: pg102 is to hand over, says Patroni's key failover in etcd");
        assertThat(scenario.nodes("replicas")).contains("pg103", "pg104");
    }

    @Test
    void theLeaderServesThoseThatCannotWait() {
        announced();
        assertThat(scenario.heldBack("primary")).containsExactly("pg102:PRIMARY:0");
        assertThat(scenario.heldBack("replicas")).isEmpty();
    }

    @Test
    void aLeaderThatStopsServesNobodyMore() {
        announced().after(2).hears("pg102", Answers.of(503, "primary", "stopping"));
        assertThat(scenario.heldBack("primary")).isEmpty();
    }

    @Test
    void theNextLeaderHasThemAtItsFirstYes() {
        announced().after(2).hears("pg102", Answers.of(503, "primary", "stopping"));
        scenario.stored(store("pg103", Optional.of(SWITCHOVER)), NOON_MILLIS).hears("pg103", Answers.primary(6));
        assertThat(scenario.candidates("primary")).containsExactly("pg103:PRIMARY:0");
    }

    @Test
    void nobodyWaitsLongerThanConfigured() {
        announced();
        assertThat(scenario.after(4.9).nodes("primary")).isEmpty();
        assertThat(scenario.after(0.2).nodes("primary")).containsExactly("pg102");
    }

    /** A checkpoint may take long: those who come meanwhile go to the old leader, which serves on. */
    @Test
    void aKeyThatIsLeftLyingCountsOnce() {
        announced();
        for (int second = 0; second < 600; second += 10) {
            scenario.after(10).hears("pg102", Answers.primary(5));
            announced();
            assertThat(scenario.nodes("primary")).containsExactly("pg102");
        }
    }

    @Test
    void whatIsClearedWithoutANewLeaderIsOver() {
        announced().after(1);
        cleared();
        assertThat(scenario.nodes("primary")).containsExactly("pg102");
        assertThat(isQuick()).isFalse();
    }

    /** The candidate was not fit the first time. */
    @Test
    void theSameSwitchoverThatIsAskedForAgainIsAnother() {
        announced().after(1);
        cleared().after(20).hears("pg102", Answers.primary(5));
        assertThat(newSessionsWait()).isFalse();
        announced();
        assertThat(newSessionsWait()).isTrue();
    }

    @Test
    void theSameSwitchoverAfterTheWayBackIsAnother() {
        announced().after(2).hears("pg102", Answers.of(503, "replica", "running"));
        scenario.hears("pg103", Answers.primary(6)).stored(store("pg103", Optional.of(SWITCHOVER)), NOON_MILLIS);
        scenario.after(20).hears("pg103", Answers.of(503, "replica", "running"));
        scenario.hears("pg102", Answers.primary(7)).stored(store("pg102", Optional.empty()), NOON_MILLIS);
        assertThat(scenario.nodes("primary")).containsExactly("pg102");
        announced();
        assertThat(newSessionsWait()).isTrue();
    }

    @Test
    void aSwitchoverForLaterDoesNothingUntilItsTime() {
        StoredFailover later =
                new StoredFailover(Optional.of("pg102"), Optional.empty(), OptionalLong.of(NOON_MILLIS + 3_600_000));
        scenario.stored(store("pg102", Optional.of(later)), NOON_MILLIS + 3_599_999);
        assertThat(newSessionsWait()).isFalse();
        assertThat(isQuick()).isFalse();
        scenario.stored(store("pg102", Optional.of(later)), NOON_MILLIS + 3_600_000);
        assertThat(newSessionsWait()).isTrue();
    }

    @Test
    void nodesAreAskedQuicklyWhileTheEndOfTheLeaderIsAwaited() {
        announced().after(6).hears("pg102", Answers.primary(5));
        assertThat(newSessionsWait()).isFalse();
        assertThat(isQuick()).isTrue();
        scenario.after(60).hears("pg102", Answers.primary(5)).hears("pg103", Answers.replica(5));
        assertThat(isQuick()).isFalse();
    }

    @Test
    void aSwitchoverFromAnotherLeaderIsNone() {
        StoredFailover others = new StoredFailover(Optional.of("pg104"), Optional.empty(), OptionalLong.empty());
        scenario.stored(store("pg102", Optional.of(others)), NOON_MILLIS);
        assertThat(newSessionsWait()).isFalse();
    }

    @Test
    void aSwitchoverToTheLeaderIsNone() {
        StoredFailover done = new StoredFailover(Optional.empty(), Optional.of("pg102"), OptionalLong.empty());
        scenario.stored(store("pg102", Optional.of(done)), NOON_MILLIS);
        assertThat(newSessionsWait()).isFalse();
    }

    /** Whoever may write to etcd may write this key all day. */
    @ParameterizedTest
    @ValueSource(ints = {1, 5, 15, 20, 60})
    void aKeyThatIsRewrittenAllDayStopsNobodyForLongerThanAHoldNorMoreThanAThirdOfTheTime(int holdSeconds) {
        Scenario day = Scenario.healthy().announcing(new AnnouncePolicy(Duration.ofSeconds(holdSeconds)));
        int waiting = 0;
        int longest = 0;
        int row = 0;
        for (int second = 0; second < 3600; second++) {
            day.after(1).hears("pg102", Answers.primary(5));
            day.stored(store("pg102", Optional.of(to("pg" + second))), NOON_MILLIS);
            row = day.candidates("primary").isEmpty() ? row + 1 : 0;
            longest = Math.max(longest, row);
            waiting += row > 0 ? 1 : 0;
        }
        assertThat(longest).isEqualTo(holdSeconds);
        assertThat(waiting).isBetween(200, 1200);
    }

    @Test
    void whatLayThereBeforeTheFirstLookIsOver() {
        firstFound(store("pg102", Optional.of(SWITCHOVER)));
        assertThat(newSessionsWait()).isFalse();
        scenario.after(600).hears("pg102", Answers.primary(5));
        announced();
        assertThat(newSessionsWait()).isFalse();
    }

    private void firstFound(PatroniStore store) {
        scenario.announcing(
                new AnnouncePolicy(Duration.ofSeconds(5)).heard(Optional.empty(), Optional.of(store), NOON_MILLIS));
        scenario.stored(store, NOON_MILLIS);
    }

    @Test
    void whatLayThereBeforeTheFirstLookIsOldAlsoIfTheLeaderKeyWasMissing() {
        firstFound(new PatroniStore(Optional.empty(), Map.of(), Optional.of(SWITCHOVER), Set.of()));
        announced();
        assertThat(newSessionsWait()).isFalse();
    }

    @Test
    void whatLayThereBeforeTheFirstLookIsNewsOnceItHasBeenCleared() {
        AnnouncePolicy policy = new AnnouncePolicy(Duration.ofSeconds(5));
        Optional<PatroniStore> told = Optional.of(store("pg102", Optional.of(SWITCHOVER)));
        Optional<PatroniStore> nothing = Optional.of(store("pg102", Optional.empty()));
        scenario.announcing(policy.heard(Optional.empty(), told, NOON_MILLIS)
                .heard(told, nothing, NOON_MILLIS)
                .heard(nothing, told, NOON_MILLIS));
        announced();
        assertThat(newSessionsWait()).isTrue();
    }

    @Test
    void whatIsForLaterAtTheFirstLookCountsAtItsTime() {
        StoredFailover later =
                new StoredFailover(Optional.of("pg102"), Optional.empty(), OptionalLong.of(NOON_MILLIS + 1_000));
        firstFound(store("pg102", Optional.of(later)));
        assertThat(newSessionsWait()).isFalse();
        scenario.stored(store("pg102", Optional.of(later)), NOON_MILLIS + 1_000);
        assertThat(newSessionsWait()).isTrue();
    }

    /** Patroni drops it too. */
    @Test
    void aSwitchoverWhoseTimeIsLongPastIsNone() {
        StoredFailover past =
                new StoredFailover(Optional.of("pg102"), Optional.empty(), OptionalLong.of(NOON_MILLIS - 60_000));
        scenario.stored(store("pg102", Optional.of(past)), NOON_MILLIS);
        assertThat(newSessionsWait()).isFalse();
    }

    @Test
    void nothingIsAnnouncedAnyMoreWhenEtcdIsLost() {
        announced();
        Optional<Announcement> left =
                AnnouncePolicy.whileUnknown(scenario.cluster().announcement());
        assertThat(scenario.cluster().withAnnouncement(left).isGivingUp("pg102", scenario.now()))
                .isFalse();
    }

    @Test
    void withoutAHoldNobodyWaits() {
        ClusterHealth cluster =
                scenario.cluster().withLeaderKey(Optional.of(new LeaderKey("pg102", true)), scenario.now());
        Optional<Announcement> told = new AnnouncePolicy(Duration.ZERO)
                .next(Optional.empty(), cluster, store("pg102", Optional.of(SWITCHOVER)), scenario.now(), NOON_MILLIS);
        assertThat(cluster.withAnnouncement(told).isGivingUp("pg102", scenario.now()))
                .isFalse();
    }
}
