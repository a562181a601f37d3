package io.pgproxy.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.pgproxy.config.HealthConfig;
import io.pgproxy.config.NodeConfig;
import io.pgproxy.config.PgproxyConfig;
import io.pgproxy.core.Candidate;
import io.pgproxy.core.CurrentRoutes;
import io.pgproxy.core.Role;
import io.pgproxy.core.Standing;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Names with several addresses, and a resolver that misbehaves, over real sockets on loopback. */
@Timeout(60)
class NodeNamesTest {
    /** For the node that has no address the first round ends a second after the time-out. */
    private static final HealthConfig GIVES_UP_SOON = new HealthConfig(
            Duration.ofMillis(100), Duration.ofMillis(10), Duration.ofSeconds(1), 1, 3, Duration.ofSeconds(3));

    private final CurrentRoutes routes = new CurrentRoutes(System.nanoTime());
    private final List<AutoCloseable> toClose = new ArrayList<>();
    private final Map<String, List<InetAddress>> names = new ConcurrentHashMap<>();
    private final CountDownLatch hanging = new CountDownLatch(1);

    private List<InetAddress> lookup(String host) throws UnknownHostException {
        if (host.equals("hangs.test")) {
            try {
                hanging.await();
            } catch (InterruptedException e) {
                throw new UnknownHostException(host);
            }
        }
        return names.getOrDefault(host, List.of());
    }

    private void resolvesTo(String... literals) throws UnknownHostException {
        List<InetAddress> addresses = new ArrayList<>();
        for (String literal : literals) {
            addresses.add(InetAddress.getByName(literal));
        }
        names.put("pg102.test", addresses);
    }

    private FakePatroni primaryAt(String literal, int port) throws IOException {
        FakePatroni patroni =
                FakePatroni.primary("pg102", 5, new InetSocketAddress(InetAddress.getByName(literal), port));
        toClose.add(patroni);
        return patroni;
    }

    private HealthService start(NodeConfig... nodes) throws Exception {
        return start(Settings.BRISK, nodes);
    }

    private HealthService start(HealthConfig health, NodeConfig... nodes) throws Exception {
        PgproxyConfig config = Settings.config(health, nodes);
        HealthService service = new HealthService(
                config,
                routes,
                new SimpleMeterRegistry(),
                new HealthService.Outside(
                        HealthAssembly.httpProbe(config, Optional.empty()),
                        Optional.empty(),
                        this::lookup,
                        System::nanoTime));
        toClose.add(0, service);
        service.start().toCompletableFuture().get(20, TimeUnit.SECONDS);
        return service;
    }

    private static boolean isOurs(String literal) throws IOException {
        return NetworkInterface.getByInetAddress(InetAddress.getByName(literal)) != null;
    }

    private boolean writesGoTo(String literal) {
        return routes.current().route("primary").candidates().stream()
                .map(Candidate::address)
                .map(address -> address.getAddress().getHostAddress())
                .toList()
                .equals(List.of(literal));
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable closeable : toClose) {
            closeable.close();
        }
        hanging.countDown();
    }

    @Test
    void theAddressThatAnswersIsTheOneThatSessionsGoTo() throws Exception {
        FakePatroni patroni = primaryAt("127.0.0.2", 0);
        resolvesTo("127.0.0.1", "127.0.0.2");
        start(patroni.node("pg102.test"));
        Eventually.that("it is found at its second address", () -> writesGoTo("127.0.0.2"));
    }

    @Test
    void anOldAddressThatIsAnotherNodesMakesNoSecondPrimary() throws Exception {
        FakePatroni pg104 = primaryAt("127.0.0.3", 0).callItself("pg104").becomePrimary(5);
        resolvesTo("127.0.0.3");
        HealthService service = start(
                Settings.node("pg102", "pg102.test", pg104.port()), Settings.node("pg104", "127.0.0.3", pg104.port()));
        Eventually.that("the writes go to the one that it is", () -> writesGoTo("127.0.0.3"));
        assertThat(service.status().primary()).hasValue("pg104");
        assertThat(service.status().conflict()).isEmpty();
    }

    @Test
    void anAddressThatMovesToAnotherNodeIsThatNodesFromThenOn() throws Exception {
        FakePatroni machine = primaryAt("127.0.0.3", 0).callItself("pg102").becomePrimary(5);
        resolvesTo("127.0.0.3");
        HealthService service = start(
                Settings.node("pg102", "pg102.test", machine.port()),
                Settings.node("pg104", "127.0.0.3", machine.port()));
        Eventually.that("it is pg102 at first", () -> service.status().primary().equals(Optional.of("pg102")));
        machine.callItself("pg104").becomePrimary(6);
        Eventually.that(
                "it is pg104 afterwards",
                () -> service.status().primary().equals(Optional.of("pg104")) && writesGoTo("127.0.0.3"));
    }

    @Test
    void whereASessionCannotConnectTheNextAddressIsUsed() throws Exception {
        FakePatroni patroni = primaryAt("127.0.0.2", 0);
        primaryAt("127.0.0.3", patroni.port());
        resolvesTo("127.0.0.2", "127.0.0.3");
        HealthService service = start(patroni.node("pg102.test"));
        assertThat(writesGoTo("127.0.0.2")).isTrue();
        service.backendClosed("pg102");
        service.connectFailed("pg102", "refused");
        Eventually.that("the other one is used", () -> writesGoTo("127.0.0.3"));
    }

    @Test
    void aNodeThatMovesToAnotherFamilyIsFollowedOnItsYes() throws Exception {
        assertThat(isOurs("::1")).as("this machine has ::1").isTrue();
        FakePatroni before = primaryAt("127.0.0.2", 0);
        resolvesTo("127.0.0.2");
        start(before.node("pg102.test"));
        assertThat(writesGoTo("127.0.0.2")).isTrue();
        before.close();
        resolvesTo("::1");
        FakePatroni after = primaryAt("::1", before.port());
        assertThat(writesGoTo("127.0.0.2")).as("nobody has said yes there yet").isTrue();
        Eventually.that("it is found where the name points to now", () -> writesGoTo("0:0:0:0:0:0:0:1"));
        assertThat(routes.current().verdict("pg102", Role.PRIMARY).standing()).isEqualTo(Standing.GO);
        assertThat(after.asked.get()).isPositive();
    }

    @Test
    void aNameThatHangsKeepsNobodyElseWaiting() throws Exception {
        FakePatroni patroni = primaryAt("127.0.0.2", 0);
        resolvesTo("127.0.0.2");
        start(GIVES_UP_SOON, Settings.node("pg103", "hangs.test", 8008), patroni.node("pg102.test"));
        assertThat(writesGoTo("127.0.0.2")).isTrue();
        int asked = patroni.asked.get();
        Eventually.that("it goes on being asked", () -> patroni.asked.get() > asked + 5);
    }
}
