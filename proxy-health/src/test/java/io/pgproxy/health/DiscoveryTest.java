package io.pgproxy.health;

import static io.pgproxy.etcd.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.pgproxy.config.DiscoveryConfig;
import io.pgproxy.config.NodeConfig;
import io.pgproxy.config.NodeConfig.Scheme;
import io.pgproxy.config.PatroniConfig;
import io.pgproxy.config.PatroniStoreConfig;
import io.pgproxy.config.PgproxyConfig;
import io.pgproxy.core.Candidate;
import io.pgproxy.core.CurrentRoutes;
import io.pgproxy.core.Role;
import io.pgproxy.core.Standing;
import io.pgproxy.etcd.EtcdMember;
import io.pgproxy.etcd.Operator;
import io.pgproxy.health.decide.Membership.Source;
import io.pgproxy.health.decide.NodeState;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The nodes as a real etcd has them: every host's name is this machine, and the ports tell who it is. */
@Timeout(60)
class DiscoveryTest {
    private final CurrentRoutes routes = new CurrentRoutes(System.nanoTime());
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final LogLines lines = LogLines.of(NoticeLog.class);

    @TempDir
    Path folder;

    private FakePatroni pg102;
    private FakePatroni pg103;
    private EtcdMember etcd;
    private Operator patroni;
    private Path stateFile;
    private final AtomicLong aheadNanos = new AtomicLong();

    /** The last one first. */
    private final Deque<AutoCloseable> toClose = new ArrayDeque<>();

    @BeforeEach
    void begins() throws Exception {
        stateFile = folder.resolve("nodes.json");
        etcd = closing(EtcdMember.alone(folder));
        patroni = closing(new Operator(etcd.endpoint()));
        pg102 = closing(FakePatroni.primary("pg102", 5));
        pg103 = closing(FakePatroni.replica("pg103", 5));
        eventually("etcd answers", this::writesTheFirstKey);
        member("pg103", pg103);
    }

    private boolean writesTheFirstKey() {
        try {
            member("pg102", pg102);
            return true;
        } catch (RuntimeException e) {
            return false;
        }
    }

    private <T extends AutoCloseable> T closing(T closeable) {
        toClose.push(closeable);
        return closeable;
    }

    @AfterEach
    void closes() throws Exception {
        lines.close();
        for (AutoCloseable closeable : toClose) {
            closeable.close();
        }
    }

    private void member(String name, FakePatroni at) {
        member(name, name + ".test", at.port());
    }

    private void member(String name, String host, int port) {
        put(
                "members/" + name,
                "{\"conn_url\":\"postgres://" + host + ":5432/postgres\",\"api_url\":\"http://" + host + ":" + port
                        + "/patroni\",\"state\":\"running\",\"role\":\"replica\"}");
    }

    private void put(String name, String value) {
        patroni.put(ByteString.copyFromUtf8("/service/main/" + name), ByteString.copyFromUtf8(value));
    }

    private void delete(String name) {
        patroni.delete(ByteString.copyFromUtf8("/service/main/" + name));
    }

    private HealthService start(NodeConfig... nodes) throws Exception {
        return startWith(routes, nodes);
    }

    private HealthService startWith(CurrentRoutes published, NodeConfig... nodes) throws Exception {
        PatroniConfig cluster = new PatroniConfig(
                        Optional.of("main"), Optional.empty(), Optional.empty(), Optional.empty(), true)
                .withStore(new PatroniStoreConfig(
                        true,
                        Duration.ofSeconds(5),
                        "/service/",
                        OptionalInt.empty(),
                        new DiscoveryConfig(Scheme.HTTP, stateFile)));
        PgproxyConfig config = Settings.withEtcd(Settings.config(Settings.BRISK, cluster, nodes), etcd.endpoint());
        HealthService started = closing(new HealthService(
                config,
                published,
                published == routes ? meters : new SimpleMeterRegistry(),
                new HealthService.Outside(
                        HealthAssembly.httpProbe(config, Optional.empty()),
                        Optional.empty(),
                        host -> List.of(InetAddress.getLoopbackAddress()),
                        () -> System.nanoTime() + aheadNanos.get())));
        started.start().toCompletableFuture().get(20, TimeUnit.SECONDS);
        return started;
    }

    private static Set<String> nodes(HealthService health) {
        return health.status().nodes().stream().map(NodeStatus::name).collect(Collectors.toSet());
    }

    private Set<String> candidates(String listener) {
        return routes.current().route(listener).candidates().stream()
                .map(Candidate::node)
                .collect(Collectors.toSet());
    }

    @Test
    void theMembersAreTheNodes() throws Exception {
        HealthService health = start();

        eventually("the writes go to the primary", () -> candidates("primary").equals(Set.of("pg102")));
        eventually("reads go to both", () -> candidates("replicas").equals(Set.of("pg102", "pg103")));
        assertThat(nodes(health)).containsExactlyInAnyOrder("pg102", "pg103");
        assertThat(health.status().members()).isEqualTo(new MembersStatus(Source.ETCD, List.of()));
        assertThat(meters.get("pgproxy.node.state").tag("node", "pg103").gauge().value())
                .isEqualTo(1);
    }

    @Test
    void aStartIsWholeWhenTheMembersHaveAnswered() throws Exception {
        start();

        assertThat(candidates("primary")).containsExactly("pg102");
    }

    @Test
    void aNewMemberServesOnceItHasAnswered() throws Exception {
        HealthService health = start();
        eventually("both are known", () -> nodes(health).size() == 2);
        try (FakePatroni pg104 = FakePatroni.replica("pg104", 5)) {
            member("pg104", pg104);

            eventually("it serves", () -> candidates("replicas").contains("pg104"));
        }
        assertThat(lines.texts())
                .anyMatch(line -> line.startsWith("INFO node pg104 is new in etcd, at pg104.test:5432"));
    }

    @Test
    void aMemberOfAnotherClusterServesNobody() throws Exception {
        HealthService health = start();
        eventually("both are known", () -> nodes(health).size() == 2);
        try (FakePatroni stranger = FakePatroni.primary("pg104", 9).ofCluster("other")) {
            member("pg104", stranger);

            eventually("it is refused", () -> health.status().nodes().stream()
                    .anyMatch(node -> node.name().equals("pg104") && node.state() == NodeState.REFUSED));
        }
        assertThat(candidates("primary")).containsExactly("pg102");
    }

    @Test
    void aMemberKeyThatIsGoneTakesNobodyWhoAnswers() throws Exception {
        HealthService health = start();
        eventually("both are known", () -> nodes(health).size() == 2);
        delete("members/pg102");
        member("pg109", "pg109.test", 1);

        eventually("etcd was heard", () -> nodes(health).contains("pg109"));
        assertThat(nodes(health)).contains("pg102");
        assertThat(candidates("primary")).containsExactly("pg102");
        assertThat(routes.current().verdict("pg102", Role.PRIMARY).standing()).isEqualTo(Standing.GO);
    }

    @Test
    void whoseKeyIsGoneAndWhoIsSilentForLongIsForgottenWithAllThatItHad() throws Exception {
        HealthService health = start();
        eventually("both are known", () -> nodes(health).size() == 2);
        pg103.close();
        delete("members/pg103");
        eventually("its silence is known", () -> health.status().nodes().stream()
                .anyMatch(node -> node.name().equals("pg103") && node.state() != NodeState.UP));

        aheadNanos.set(TimeUnit.MINUTES.toNanos(11));

        eventually("it is forgotten", () -> nodes(health).equals(Set.of("pg102")));
        eventually("the other serves", () -> candidates("primary").equals(Set.of("pg102")));
        assertThat(meters.find("pgproxy.node.state").tag("node", "pg103").gauge())
                .isNull();
        assertThat(meters.find("pgproxy.health.checks").tag("node", "pg103").counters())
                .isEmpty();
        assertThat(lines.texts()).anyMatch(line -> line.startsWith("WARN node pg103 at pg103.test:5432"));
        health.close();
        assertThat(Files.readString(stateFile)).contains("pg102").doesNotContain("pg103");
    }

    @Test
    void whoMovesIsAskedWhereItIs() throws Exception {
        HealthService health = start();
        eventually("both are known", () -> nodes(health).size() == 2);
        pg103.close();
        try (FakePatroni elsewhere = FakePatroni.replica("pg103", 5)) {
            member("pg103", elsewhere);

            eventually("it is asked there", () -> elsewhere.asked.get() > 0);
            eventually("it serves", () -> health.status().nodes().stream()
                    .anyMatch(node -> node.name().equals("pg103") && node.state() == NodeState.UP));
        }
        assertThat(lines.texts()).anyMatch(line -> line.startsWith("INFO node pg103 is at pg103.test:5432"));
    }

    @Test
    void aMemberThatCannotBeUsedIsTold() throws Exception {
        HealthService health = start();
        member("evil", "127.0.0.1", pg102.port());

        eventually("it is told", () -> !health.status().members().warnings().isEmpty());
        assertThat(health.status().members().warnings())
                .containsExactly("member evil in etcd is not used: the host of its conn_url:"
                        + " '127.0.0.1' means another machine to each that reads it");
        assertThat(nodes(health)).doesNotContain("evil");
    }

    @Test
    void aStartWithoutEtcdUsesWhatEtcdToldLast() throws Exception {
        try (HealthService before = start()) {
            eventually("the nodes are kept", () -> Files.exists(stateFile));
            eventually("they are all", () -> nodes(before).size() == 2);
        }
        etcd.kill();
        CurrentRoutes fresh = new CurrentRoutes(System.nanoTime());

        HealthService health = startWith(fresh);

        assertThat(nodes(health)).containsExactlyInAnyOrder("pg102", "pg103");
        assertThat(fresh.current().route("primary").candidates())
                .extracting(Candidate::node)
                .containsExactly("pg102");
        assertThat(health.status().members().source()).isEqualTo(Source.STATE_FILE);
        assertThat(lines.texts())
                .anyMatch(line -> line.startsWith("INFO etcd has not told the members: the nodes are those"));
    }

    /** What the test above would be without the file. */
    @Test
    void aStartWithoutEtcdAndWithoutTheFileKnowsNobody() throws Exception {
        etcd.kill();

        HealthService health = start();

        assertThat(nodes(health)).isEmpty();
        assertThat(routes.current().route("primary").whyNobody())
                .isEqualTo("no primary: etcd has told of no member yet");
        assertThat(health.status().members())
                .isEqualTo(new MembersStatus(
                        Source.NOBODY, List.of("etcd has not told the members, and no state file has them")));
    }

    @Test
    void nodesOfTheFileAreAllThereAre() throws Exception {
        HealthService health = start(pg102.node("pg102.test"));

        eventually(
                "the other is told", () -> !health.status().members().warnings().isEmpty());
        assertThat(health.status().members())
                .isEqualTo(new MembersStatus(
                        Source.FILE, List.of("member pg103 in etcd is not used: nodes does not name it")));
        assertThat(nodes(health)).containsExactly("pg102");
        assertThat(lines.texts())
                .filteredOn(line -> line.contains("not used"))
                .containsExactly("WARN etcd has members that are not used: pg103 (nodes does not name it)");
        assertThat(stateFile).doesNotExist();
    }
}
