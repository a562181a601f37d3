package io.pgproxy.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.pgproxy.config.HealthConfig;
import io.pgproxy.config.ListenerConfig.Route;
import io.pgproxy.config.NodeConfig;
import io.pgproxy.config.PgproxyConfig;
import io.pgproxy.core.Candidate;
import io.pgproxy.core.CurrentRoutes;
import io.pgproxy.core.Role;
import io.pgproxy.core.Standing;
import io.pgproxy.health.ask.Probe;
import io.pgproxy.health.decide.NodeState;
import io.pgproxy.health.decide.PatroniAnswerReader;
import io.pgproxy.health.decide.ProbeOutcome;
import io.pgproxy.health.decide.ProbeOutcome.Kind;
import io.pgproxy.health.stopwatch.Failover;
import io.pgproxy.health.stopwatch.Phase;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The whole of health over real HTTP servers: from what they say to the table. */
@Timeout(60)
class HealthServiceTest {
    private final CurrentRoutes routes = new CurrentRoutes(System.nanoTime());
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final List<AutoCloseable> toClose = new ArrayList<>();

    private FakePatroni add(FakePatroni patroni) {
        toClose.add(patroni);
        return patroni;
    }

    private HealthService start(HealthConfig health, NodeConfig... nodes) throws Exception {
        return start(Settings.config(health, nodes));
    }

    private HealthService start(PgproxyConfig config) throws Exception {
        HealthService service = new HealthService(config, routes, meters);
        toClose.add(0, service);
        service.start().toCompletableFuture().get(20, TimeUnit.SECONDS);
        return service;
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable closeable : toClose) {
            closeable.close();
        }
    }

    private List<String> candidates(String listener) {
        return routes.current().route(listener).candidates().stream()
                .map(Candidate::node)
                .toList();
    }

    private boolean writesGoTo(String node) {
        return candidates("primary").equals(List.of(node));
    }

    private Standing writersOn(String node) {
        return routes.current().verdict(node, Role.PRIMARY).standing();
    }

    @Test
    void theTableIsThereWhenTheFirstRoundHasEnded() throws Exception {
        FakePatroni pg102 = add(FakePatroni.primary("pg102", 5));
        FakePatroni pg103 = add(FakePatroni.replica("pg103", 5));
        start(Settings.BRISK, pg102.node(), pg103.node());
        assertThat(candidates("primary")).containsExactly("pg102");
        assertThat(candidates("replicas")).containsExactly("pg103", "pg102");
        assertThat(routes.current().cluster()).isEqualTo("main");
    }

    @Test
    void aNodeThatHangsDelaysTheStartByItsTimeoutOnly() throws Exception {
        FakePatroni pg102 = add(FakePatroni.primary("pg102", 5));
        FakePatroni pg103 = add(FakePatroni.replica("pg103", 5));
        pg103.freeze();
        HealthConfig impatient = new HealthConfig(
                Duration.ofMillis(100), Duration.ofMillis(10), Duration.ofSeconds(1), 1, 3, Duration.ofSeconds(30));
        HealthService service = start(impatient, pg102.node(), pg103.node());
        Eventually.that("the other node is used", () -> writesGoTo("pg102"));
        assertThat(service.status().nodes().get(1).state()).isEqualTo(NodeState.UNKNOWN);
    }

    /** As many as a file may have; every third of them hangs until all have been asked. */
    @Test
    void sixtyFourNodesAreAllAskedInTheFirstRound() throws Exception {
        NodeConfig[] nodes = IntStream.rangeClosed(1, 64)
                .mapToObj(i -> Settings.node("pg" + i, "pg" + i + ".test", 8008))
                .toArray(NodeConfig[]::new);
        Set<String> asked = ConcurrentHashMap.newKeySet();
        CompletableFuture<ProbeOutcome> hanging = new CompletableFuture<>();
        Probe probe = (node, address) -> {
            asked.add(node.name());
            return hangs(node.name()) ? hanging : CompletableFuture.completedFuture(replica());
        };
        HealthService service = new HealthService(
                Settings.config(Settings.RELUCTANT, nodes),
                routes,
                meters,
                new HealthService.Outside(
                        control -> probe,
                        Optional.empty(),
                        host -> List.of(InetAddress.getByName("127.0.1." + host.replaceAll("\\D", ""))),
                        System::nanoTime));
        toClose.add(service);
        CompletionStage<Void> firstRound = service.start();

        Eventually.that("all are asked", () -> asked.size() == 64);
        hanging.complete(ProbeOutcome.failed(Kind.TIMED_OUT, "no answer"));
        firstRound.toCompletableFuture().get(20, TimeUnit.SECONDS);
        assertThat(service.status().nodes()).allSatisfy(node -> assertThat(node.state())
                .isEqualTo(hangs(node.name()) ? NodeState.UNKNOWN : NodeState.UP));
    }

    private static boolean hangs(String node) {
        return Integer.parseInt(node.substring(2)) % 3 == 0;
    }

    private static ProbeOutcome replica() {
        String body = "{\"state\": \"running\", \"role\": \"replica\", \"timeline\": 5}";
        return PatroniAnswerReader.read(503, body.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void aNameThatDoesNotResolveIsUnknownAndNoFailedStart() throws Exception {
        FakePatroni pg102 = add(FakePatroni.primary("pg102", 5));
        HealthService service = start(Settings.BRISK, pg102.node(), Settings.node("pg103", "pg103.invalid", 8008));
        assertThat(writesGoTo("pg102")).isTrue();
        Eventually.that("the name is known not to resolve", () -> service.status()
                .nodes()
                .get(1)
                .reason()
                .equals("does not answer (cannot resolve pg103.invalid)"));
        assertThat(service.status().nodes().get(1).state()).isEqualTo(NodeState.UNKNOWN);
    }

    @Test
    void aSwitchoverMovesTheWritesAndEndsTheOldSessions() throws Exception {
        FakePatroni pg102 = add(FakePatroni.primary("pg102", 5));
        FakePatroni pg103 = add(FakePatroni.replica("pg103", 5));
        start(Settings.BRISK, pg102.node(), pg103.node());
        pg102.becomeReplica(5);
        Eventually.that("the old primary's sessions end", () -> writersOn("pg102") == Standing.END);
        pg103.becomePrimary(6);
        Eventually.that("writes go to the new primary", () -> writesGoTo("pg103"));
    }

    @Test
    void aFrozenPatroniKeepsItsSessionsUntilAnotherNodeIsPromoted() throws Exception {
        FakePatroni pg102 = add(FakePatroni.primary("pg102", 5));
        FakePatroni pg103 = add(FakePatroni.replica("pg103", 5));
        start(Settings.BRISK, pg102.node(), pg103.node());
        assertThat(writersOn("pg102")).isEqualTo(Standing.GO);
        pg102.freeze();
        Eventually.that("new sessions wait", () -> candidates("primary").isEmpty());
        assertThat(writersOn("pg102")).isEqualTo(Standing.STAY);
        pg103.becomePrimary(6);
        Eventually.that("writes go to the new primary", () -> writesGoTo("pg103"));
        assertThat(writersOn("pg102")).isEqualTo(Standing.END);
    }

    @Test
    void aFailedConnectIsLookedIntoAtOnce() throws Exception {
        FakePatroni pg102 = add(FakePatroni.primary("pg102", 5));
        HealthService service = start(Settings.RELUCTANT, pg102.node());
        pg102.becomeReplica(5);
        service.connectFailed("pg102", "connection refused");
        Eventually.that("the lost role is known", () -> writersOn("pg102") == Standing.END);
    }

    @Test
    void sessionsThatTheBackendEndedAreLookedIntoAtOnce() throws Exception {
        FakePatroni pg102 = add(FakePatroni.primary("pg102", 5));
        HealthService service = start(Settings.RELUCTANT, pg102.node());
        pg102.becomeReplica(5);
        for (int i = 0; i < 10_000; i++) {
            service.backendClosed("pg102");
        }
        Eventually.that("the lost role is known", () -> writersOn("pg102") == Standing.END);
    }

    @Test
    void aChangeOfThePrimaryIsTimedUntilTheFirstClientIsAnswered() throws Exception {
        FakePatroni pg102 = add(FakePatroni.primary("pg102", 5));
        FakePatroni pg103 = add(FakePatroni.replica("pg103", 5));
        HealthService service = start(Settings.BRISK, pg102.node(), pg103.node());
        pg102.becomeReplica(5);
        Eventually.that("the loss is recorded", () -> !service.failovers().isEmpty());
        service.sessionParked(Route.REPLICA, System.nanoTime());
        service.sessionParked(Route.PRIMARY, System.nanoTime());
        pg103.becomePrimary(6);
        Eventually.that("the new primary is recorded", () -> newest(service).has(Phase.VERIFIED));
        service.sessionAnswered(onPg103(Role.REPLICA), System.nanoTime());
        service.sessionAnswered(onPg103(Role.PRIMARY), System.nanoTime());
        Eventually.that("it is over", () -> newest(service).over());
        assertThat(newest(service).phases())
                .containsOnlyKeys(Phase.LOST, Phase.PARKED, Phase.VERIFIED, Phase.FIRST_BYTE);
    }

    /** The same change as above. */
    @Test
    void whereNoneIsKeptNoneIsTimed() throws Exception {
        FakePatroni pg102 = add(FakePatroni.primary("pg102", 5));
        FakePatroni pg103 = add(FakePatroni.replica("pg103", 5));
        HealthService service =
                start(Settings.withoutFailovers(Settings.config(Settings.BRISK, pg102.node(), pg103.node())));
        pg102.becomeReplica(5);
        Eventually.that("the loss is known", () -> candidates("primary").isEmpty());
        service.sessionParked(Route.PRIMARY, System.nanoTime());
        pg103.becomePrimary(6);
        Eventually.that("the new primary is known", () -> writesGoTo("pg103"));
        service.sessionAnswered(onPg103(Role.PRIMARY), System.nanoTime());
        service.turns().toCompletableFuture().get(20, TimeUnit.SECONDS);
        assertThat(service.failovers()).isEmpty();
        assertThat(meters.getMeters())
                .extracting(meter -> meter.getId().getName())
                .isNotEmpty()
                .noneMatch(name -> name.startsWith("pgproxy.failover"));
    }

    private static Failover newest(HealthService service) {
        return service.failovers().get(0);
    }

    private static Candidate onPg103(Role role) {
        return new Candidate("pg103", new InetSocketAddress(InetAddress.getLoopbackAddress(), 5432), role, 0, 100);
    }

    @Test
    void readersSayNothingOfThePrimary() throws Exception {
        FakePatroni pg102 = add(FakePatroni.primary("pg102", 5));
        FakePatroni pg103 = add(FakePatroni.replica("pg103", 5));
        HealthService service = start(Settings.BRISK, pg102.node(), pg103.node());
        service.sessionParked(Route.REPLICA, System.nanoTime());
        pg102.becomeReplica(5);
        pg103.becomePrimary(6);
        Eventually.that(
                "the new primary is recorded",
                () -> !service.failovers().isEmpty() && newest(service).has(Phase.VERIFIED));
        service.sessionAnswered(onPg103(Role.FALLBACK), System.nanoTime());
        service.turns().toCompletableFuture().get(20, TimeUnit.SECONDS);
        assertThat(newest(service).phases()).containsOnlyKeys(Phase.LOST, Phase.VERIFIED);
    }

    @Test
    void aNodeThatNobodyConfiguredIsNoHint() throws Exception {
        FakePatroni pg102 = add(FakePatroni.primary("pg102", 5));
        HealthService service = start(Settings.RELUCTANT, pg102.node());
        service.backendClosed("elsewhere");
        assertThat(meters.get("pgproxy.health.quick").gauge().value()).isZero();
    }

    @Test
    void theStatusTellsWhatANodeSaid() throws Exception {
        FakePatroni pg102 = add(FakePatroni.primary("pg102", 5));
        HealthService service = start(Settings.BRISK, pg102.node());
        HealthStatus status = service.status();
        assertThat(status.scope()).hasValue("main");
        assertThat(status.primary()).hasValue("pg102");
        assertThat(status.nodes().get(0).answer().orElseThrow().timeline()).hasValue(5);
    }

    @Test
    void everyNodeHasItsFiguresFromTheStart() throws Exception {
        FakePatroni pg102 = add(FakePatroni.primary("pg102", 5));
        start(Settings.BRISK, pg102.node());
        assertThat(meters.get("pgproxy.node.state").tag("node", "pg102").gauge().value())
                .isEqualTo(1);
        assertThat(meters.get("pgproxy.node.transitions")
                        .tag("node", "pg102")
                        .counter()
                        .count())
                .isEqualTo(1);
        assertThat(meters.get("pgproxy.health.checks")
                        .tags("node", "pg102", "outcome", "answered")
                        .counter()
                        .count())
                .isPositive();
        assertThat(meters.get("pgproxy.routing.table.version").gauge().value())
                .isEqualTo((double) routes.current().version());
    }

    @Test
    void whatAFloodLeftOutIsSaidAlthoughNothingChangesAnyMore() throws Exception {
        HealthConfig lasting = new HealthConfig(
                Duration.ofMillis(20), Duration.ofMillis(10), Duration.ofSeconds(10), 1, 3, Duration.ofHours(1));
        FakePatroni pg102 = add(FakePatroni.primary("pg102", 5));
        AtomicLong jumpNanos = new AtomicLong();
        HealthService service = new HealthService(
                Settings.config(lasting, pg102.node()),
                routes,
                meters,
                new HealthService.Outside(
                        HealthAssembly.httpProbe(Settings.config(lasting, pg102.node()), Optional.empty()),
                        Optional.empty(),
                        host -> List.of(InetAddress.getByName(host)),
                        () -> System.nanoTime() + jumpNanos.get()));
        toClose.add(0, service);
        service.start().toCompletableFuture().get(20, TimeUnit.SECONDS);
        try (LogLines lines = LogLines.of(NoticeLog.class)) {
            for (int i = 0; i < NoticeLog.MAX_LINES; i++) {
                pg102.becomeReplica(5);
                Eventually.that("the role is lost", () -> writersOn("pg102") == Standing.END);
                pg102.becomePrimary(5);
                Eventually.that("the role is back", () -> writesGoTo("pg102"));
            }
            jumpNanos.set(NoticeLog.WINDOW.toNanos());
            Eventually.that("the rest is counted", () -> lines.texts().stream()
                    .anyMatch(line -> line.matches("WARN node pg102: \\d+ more changes were not logged")));
        }
    }

    @Test
    void aSubscriberThatFailsDoesNotStopTheLoop() throws Exception {
        routes.subscribe(table -> {
            throw new IllegalStateException("planted");
        });
        FakePatroni pg102 = add(FakePatroni.primary("pg102", 5));
        start(Settings.BRISK, pg102.node());
        pg102.becomeReplica(5);
        Eventually.that("the loop still decides", () -> writersOn("pg102") == Standing.END);
    }

    @Test
    void nobodyIsAskedAfterTheClose() throws Exception {
        FakePatroni pg102 = add(FakePatroni.primary("pg102", 5));
        HealthService service = start(Settings.BRISK, pg102.node());
        service.close();
        int asked = pg102.asked.get();
        service.connectFailed("pg102", "late");
        service.close();
        assertThat(pg102.asked.get()).isEqualTo(asked);
    }

    @Test
    void closingBeforeTheStartIsNoMistake() throws IOException {
        FakePatroni pg102 = add(FakePatroni.primary("pg102", 5));
        HealthService service = new HealthService(Settings.config(Settings.BRISK, pg102.node()), routes, meters);
        service.close();
        assertThat(pg102.asked.get()).isZero();
    }
}
