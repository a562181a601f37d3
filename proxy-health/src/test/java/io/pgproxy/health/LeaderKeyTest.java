package io.pgproxy.health;

import static io.pgproxy.etcd.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.pgproxy.config.PgproxyConfig;
import io.pgproxy.core.Candidate;
import io.pgproxy.core.CurrentRoutes;
import io.pgproxy.core.Role;
import io.pgproxy.core.Standing;
import io.pgproxy.etcd.EtcdMember;
import io.pgproxy.etcd.Operator;
import io.pgproxy.health.stopwatch.Phase;
import io.pgproxy.health.store.StoreWatchStatus.State;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What etcd's keys bring and what they cannot, with a real etcd. Nobody is asked twice within a test unless there is a
 * reason.
 */
@Timeout(60)
class LeaderKeyTest {
    private final CurrentRoutes routes = new CurrentRoutes(System.nanoTime());
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

    @TempDir
    Path folder;

    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    private FakePatroni pg102;
    private FakePatroni pg103;
    private EtcdMember etcd;
    private Operator patroni;
    private Optional<HealthService> service = Optional.empty();

    @BeforeEach
    void begins() throws Exception {
        etcd = opened(EtcdMember.alone(folder));
        patroni = opened(new Operator(etcd.endpoint()));
        eventually("etcd answers", this::writesTheFirstKey);
        pg102 = opened(FakePatroni.primary("pg102", 5));
        pg103 = opened(FakePatroni.replica("pg103", 5));
    }

    private boolean writesTheFirstKey() {
        try {
            leaderKey("pg102");
            return true;
        } catch (RuntimeException e) {
            return false;
        }
    }

    @AfterEach
    void closes() throws Exception {
        service.ifPresent(HealthService::close);
        while (!opened.isEmpty()) {
            opened.pop().close();
        }
    }

    /** The last is closed first, and only what a test came to open. */
    private <T extends AutoCloseable> T opened(T resource) {
        opened.push(resource);
        return resource;
    }

    private HealthService startUnseen(boolean watch) throws Exception {
        PgproxyConfig config = Settings.withEtcd(
                Settings.config(Settings.RELUCTANT, Settings.patroni(watch), pg102.node(), pg103.node()),
                etcd.endpoint());
        HealthService started = new HealthService(config, routes, meters);
        service = Optional.of(started);
        started.start().toCompletableFuture().get(20, TimeUnit.SECONDS);
        return started;
    }

    private HealthService start(boolean watch) throws Exception {
        HealthService started = startUnseen(watch);
        if (watch) {
            eventually("Patroni's keys are watched", () -> stateIs(started, State.WATCHING));
            eventually("and taken", () -> leaderIs(started, "pg102"));
        }
        return started;
    }

    private static boolean stateIs(HealthService service, State state) {
        return service.status().store().orElseThrow().state() == state;
    }

    private static boolean leaderIs(HealthService service, String member) {
        return service.status().store().orElseThrow().leaderKey().equals(Optional.of(member));
    }

    private void put(String name, String value) {
        patroni.put(ByteString.copyFromUtf8("/service/main/" + name), ByteString.copyFromUtf8(value));
    }

    private void leaderKey(String member) {
        put("leader", member);
    }

    private boolean writesGoTo(String node) {
        return routes.current().route("primary").candidates().stream()
                .map(Candidate::node)
                .toList()
                .equals(List.of(node));
    }

    @Test
    void aNewLeaderIsAskedAtOnceAndSoIsTheOldOne() throws Exception {
        start(true);
        pg102.becomeReplica(5);
        pg103.becomePrimary(6);

        leaderKey("pg103");

        eventually("writes go to the new leader", () -> writesGoTo("pg103"));
        eventually("the old one's sessions end", () -> standing("pg102") == Standing.END);
    }

    /** What the test above would be without the watch. */
    @Test
    void nobodyIsAskedForAKeyThatIsNotWatched() throws Exception {
        HealthService unwatched = start(false);
        int before = pg103.asked.get();

        leaderKey("pg103");

        unwatched.turns().toCompletableFuture().get(10, TimeUnit.SECONDS);
        assertThat(pg103.asked).hasValue(before);
        assertThat(unwatched.status().store()).isEmpty();
    }

    @Test
    void aMemberThatSaysSomethingElseIsAsked() throws Exception {
        start(true);
        pg102.becomeReplica(5);

        put("members/pg102", "{\"role\":\"replica\",\"state\":\"starting\"}");

        eventually("the lost role is known", () -> standing("pg102") == Standing.END);
    }

    @Test
    void aNodeThatDoesNotSayYesItselfGetsNothingByTheKey() throws Exception {
        HealthService watching = start(true);
        int before = pg103.asked.get();

        leaderKey("pg103");

        eventually("the key is known", () -> leaderIs(watching, "pg103"));
        eventually("pg103 was asked", () -> pg103.asked.get() > before);
        assertThat(writesGoTo("pg102")).isTrue();
    }

    @Test
    void aKeyThatIsGoneTakesNothingFromAnybody() throws Exception {
        HealthService watching = start(true);

        patroni.delete(ByteString.copyFromUtf8("/service/main/leader"));

        eventually(
                "the key is gone",
                () -> watching.status().store().orElseThrow().leaderKey().isEmpty());
        assertThat(writesGoTo("pg102")).isTrue();
        assertThat(standing("pg102")).isEqualTo(Standing.GO);
    }

    @Test
    void anEtcdThatIsLostTakesNothingFromAnybody() throws Exception {
        HealthService watching = start(true);

        etcd.kill();

        eventually("etcd is lost", () -> stateIs(watching, State.LOST));
        eventually(
                "the key counts no more",
                () -> watching.status().store().orElseThrow().leaderKey().isEmpty());
        assertThat(writesGoTo("pg102")).isTrue();
        assertThat(standing("pg102")).isEqualTo(Standing.GO);
        assertThat(meters.get("pgproxy.patroni.watch.up").gauge().value()).isZero();
    }

    /** Long before the key counts no more at all. */
    @Test
    void aKeyFromBeforeEtcdWasLostDoesNotOverruleAHigherTimeline() throws Exception {
        HealthService watching = start(true);
        etcd.kill();
        eventually("the watch is over", () -> !stateIs(watching, State.WATCHING));

        pg103.becomePrimary(6);
        watching.backendClosed("pg103");

        eventually("writes go to the promoted node", () -> writesGoTo("pg103"));
        assertThat(stateIs(watching, State.INTERRUPTED)).isTrue();
    }

    @Test
    void anEtcdThatWasNeverThereDelaysNothing() throws Exception {
        etcd.kill();
        PgproxyConfig config = Settings.withEtcd(
                Settings.config(Settings.RELUCTANT, Settings.patroni(true), pg102.node(), pg103.node()),
                etcd.endpoint());
        HealthService started = new HealthService(config, routes, meters);
        service = Optional.of(started);

        started.start().toCompletableFuture().get(20, TimeUnit.SECONDS);

        assertThat(writesGoTo("pg102")).isTrue();
        assertThat(stateIs(started, State.BEGINNING)).isTrue();
    }

    @Test
    void betweenTwoThatSayYesTheKeyDecides() throws Exception {
        pg103.becomePrimary(5);
        start(true);
        eventually("writes go to the leader", () -> writesGoTo("pg102"));

        leaderKey("pg103");

        eventually("writes go to the other one", () -> writesGoTo("pg103"));
    }

    @Test
    void anAnnouncedSwitchoverMakesNewSessionsWaitUntilItIsCalledOff() throws Exception {
        start(true);

        put("failover", "{\"leader\":\"pg102\",\"member\":\"pg103\"}");

        eventually(
                "new sessions wait",
                () -> routes.current().route("primary").candidates().isEmpty());
        assertThat(standing("pg102")).isEqualTo(Standing.GO);
        put("failover", "{}");
        eventually("they go on", () -> writesGoTo("pg102"));
    }

    @Test
    void whatWasAnnouncedBeforeTheStartMakesNobodyWait() throws Exception {
        put("failover", "{\"leader\":\"pg102\",\"member\":\"pg103\"}");
        HealthService watching = start(true);

        watching.turns().toCompletableFuture().get(10, TimeUnit.SECONDS);

        assertThat(writesGoTo("pg102")).isTrue();
    }

    @Test
    void whatWasAnnouncedBeforeTheStartIsOldAlsoIfTheLeaderKeyComesLater() throws Exception {
        patroni.delete(ByteString.copyFromUtf8("/service/main/leader"));
        put("failover", "{\"member\":\"pg103\"}");
        HealthService watching = startUnseen(true);
        eventually("Patroni's keys are watched", () -> stateIs(watching, State.WATCHING));

        leaderKey("pg102");

        eventually("the leader is known", () -> leaderIs(watching, "pg102"));
        watching.turns().toCompletableFuture().get(10, TimeUnit.SECONDS);
        assertThat(writesGoTo("pg102")).isTrue();
    }

    private static boolean hasPhases(HealthService service, Phase... phases) {
        return service.failovers().size() == 1
                && service.failovers().get(0).phases().keySet().containsAll(List.of(phases));
    }

    @Test
    void aChangeOfThePrimaryIsTimedFromTheFirstWordsOn() throws Exception {
        pg103.callItself("third").becomeReplica(5);
        HealthService watching = start(true);

        put("failover", "{\"leader\":\"pg102\",\"member\":\"pg103\"}");
        eventually("the words count", () -> hasPhases(watching, Phase.ANNOUNCED));
        pg102.becomeReplica(5);
        pg103.becomePrimary(6);
        leaderKey("third");

        eventually(
                "all is recorded",
                () -> hasPhases(watching, Phase.ANNOUNCED, Phase.LOST, Phase.NEW_LEADER_KEY, Phase.VERIFIED));
    }

    @Test
    void aLeaderThatIsCalledOtherwiseThanItsNodeIsNoNewOne() throws Exception {
        pg102.callItself("first").becomePrimary(5);
        HealthService watching = start(true);

        leaderKey("first");

        eventually("the key is known", () -> leaderIs(watching, "first"));
        assertThat(watching.failovers()).isEmpty();
    }

    @Test
    void aSwitchoverThatIsCalledOffLeavesNoRecord() throws Exception {
        HealthService watching = start(true);
        put("failover", "{\"leader\":\"pg102\",\"member\":\"pg103\"}");
        eventually("the words count", () -> hasPhases(watching, Phase.ANNOUNCED));

        put("failover", "{}");

        eventually("it is forgotten", () -> watching.failovers().isEmpty());
    }

    private Standing standing(String node) {
        return routes.current().verdict(node, Role.PRIMARY).standing();
    }
}
