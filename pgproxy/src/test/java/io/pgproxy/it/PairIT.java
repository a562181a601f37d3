package io.pgproxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.ResourceLock;

/** Two proxies and one address between them: whatever happens to one of them, the address is at most at one. */
@ResourceLock("the faulted cluster")
class PairIT {
    private static final String CONFIG =
            """
            nodes:
              - {name: pg102, host: pg102}
              - {name: pg103, host: pg103}
              - {name: pg104, host: pg104}
            listeners:
              - {name: primary, bind: "*:5432", route: primary}
            etcd: {endpoints: ["http://etcd1:2379"]}
            vip:
              name: pair
              addresses: [%s]
              peers: ["ct100:7001", "ct101:7001"]
              secret-file: /etc/pgproxy/secret
            """;

    /** The longest takeover that a healthy etcd allows is 4.5 s; the rest is for a busy machine. */
    private static final Duration TAKEOVER = Duration.ofSeconds(20);

    @RegisterExtension
    static final SharedCluster CLUSTER = SharedCluster.faulted();

    private static Cluster cluster;
    private static List<Host> pair;
    private AddressWatch watch;

    @BeforeAll
    static void start() {
        cluster = CLUSTER.get();
        pair = cluster.startPair(CONFIG.formatted(cluster.address("vip")));
    }

    @AfterAll
    static void stop() {
        CLUSTER.get().remove("ct100");
        CLUSTER.get().remove("ct101");
    }

    @BeforeEach
    void watch() throws IOException {
        watch = AddressWatch.start(cluster.address("vip"), pair);
        awaitOneHolder();
    }

    @AfterEach
    void neverTogether() throws IOException {
        try (AddressWatch ending = watch) {
            pair.forEach(Cluster::awaitReady);
            awaitOneHolder();
            assertThat(ending.together()).isEmpty();
        }
    }

    private void awaitOneHolder() {
        Eventually.until("one has the address", TAKEOVER, watch::holders, holders -> holders.size() == 1);
    }

    private Host holder() {
        return cluster.host(watch.holders().iterator().next());
    }

    private Host other(Host holder) {
        return pair.get(0) == holder ? pair.get(1) : pair.get(0);
    }

    private void awaitAt(Host host) {
        Eventually.until(
                "the address is at " + host.name() + " alone",
                TAKEOVER,
                watch::holders,
                holders -> holders.equals(Set.of(host.name())),
                () -> "\n" + pair.get(0).log() + "\n" + pair.get(1).log());
    }

    private static void assertServedByTheAddress() {
        assertThat(cluster.client()
                        .run("psql", "host=vip", "-XAtc", "select inet_server_addr()")
                        .orFail())
                .isEqualTo(cluster.primary().address());
    }

    private static Outcome pgproxy(Host host, String command) {
        return host.shell("java -jar /opt/pgproxy/pgproxy.jar " + command + " --config /etc/pgproxy/pgproxy.yml");
    }

    @Test
    void oneOfThemServesByIt() {
        assertServedByTheAddress();
        assertThat(pgproxy(holder(), "status").out()).contains(cluster.address("vip") + ": here for");
        assertThat(pgproxy(other(holder()), "status").out())
                .contains(cluster.address("vip") + ": at " + holder().name() + ":7001;");
    }

    @Test
    void movesOnCommandAndItsClientsHearOfIt() {
        Host before = holder();
        Sessions sessions = Sessions.open(cluster.client(), "host=vip", 5);

        Outcome moved = pgproxy(before, "vip move");

        assertThat(moved.orFail()).contains(other(before).name() + ":7001 has it");
        sessions.awaitAllEnded();
        awaitAt(other(before));
        assertServedByTheAddress();
        assertThat(pgproxy(before, "vip move").err()).contains("not at " + before.name() + ":7001");
    }

    @Test
    void aCleanStopHandsOver() {
        Host before = holder();
        Sessions sessions = Sessions.open(cluster.client(), "host=vip", 5);

        before.run("lab-service", "stop").orFail();

        sessions.awaitAllEnded();
        awaitAt(other(before));
        assertServedByTheAddress();
        assertThat(before.log()).contains("HOLD -> STANDBY: let go");
        before.run("lab-service", "start").orFail();
    }

    @Test
    void aFrozenHolderLosesItAndDoesNotComeBackWithIt() {
        Host before = holder();

        before.signal("STOP", "java");
        try {
            awaitAt(other(before));
            assertServedByTheAddress();
        } finally {
            before.signal("CONT", "java");
        }
        Cluster.awaitReady(before);
        assertThat(watch.history()).containsExactly(before.name(), other(before).name());
    }

    /** The unit's stop-post step tells it; by the end of the lease alone the one that was started anew could take it. */
    @Test
    void aKilledHolderLosesItToTheOther() {
        Host before = holder();
        String process = before.run("lab-service", "pid").orFail();

        before.run("kill", "-KILL", process).orFail();

        awaitAt(other(before));
        assertServedByTheAddress();
        Eventually.until(
                "the step has told the other",
                TAKEOVER,
                before::log,
                log -> log.contains("is not on this host any more") && log.contains("told "));
    }

    @Test
    void staysWhereItIsWhileEtcdIsSilentAndThePeersTalk() {
        Host before = holder();
        Host etcd = cluster.host("etcd1");

        etcd.signal("STOP", "etcd");
        try {
            Eventually.until(
                    "the peers' promises are what allows it",
                    TAKEOVER,
                    () -> before.shell("curl -s localhost:7000/api/v1/status | jq -r .vip.authority")
                            .out(),
                    "peers"::equals);
            // Three times the length of a lease: nothing that etcd has said before is of use any more.
            long since = System.nanoTime();
            Eventually.until(
                    "nine seconds have passed",
                    Duration.ofSeconds(15),
                    () -> System.nanoTime() - since > Duration.ofSeconds(9).toNanos());
        } finally {
            etcd.signal("CONT", "etcd");
        }
        Eventually.until(
                "etcd allows it again",
                TAKEOVER,
                () -> before.shell("curl -s localhost:7000/api/v1/status | jq -r .vip.authority")
                        .out(),
                "etcd"::equals);
        assertThat(watch.history()).containsExactly(before.name());
        cluster.awaitWhole();
    }

    @Test
    void whoIsAloneWithoutEtcdLetsGo() {
        Host before = holder();
        Host etcd = cluster.host("etcd1");
        other(before).run("lab-service", "stop").orFail();

        etcd.signal("STOP", "etcd");
        try {
            Eventually.until("nobody has it", TAKEOVER, watch::holders, Set::isEmpty);
        } finally {
            etcd.signal("CONT", "etcd");
            other(before).run("lab-service", "start").orFail();
        }
        awaitOneHolder();
        cluster.awaitWhole();
    }

    @Test
    void isPutBackWhenSomebodyTakesItAway() {
        Host holder = holder();

        holder.shell("ip addr del " + cluster.address("vip") + "/32 dev eth0").orFail();

        Eventually.until("it was put back", TAKEOVER, watch::history, history -> history.size() == 2);
        assertThat(watch.history()).containsExactly(holder.name(), holder.name());
        assertServedByTheAddress();
    }

    /** Half of those in use: at the number in use, a check of a node that ends would leave one free now and then. */
    @Test
    void movesAwayFromAHolderWithoutDescriptors() {
        Host before = holder();
        long few = new ProxyProcess(before).descriptors() / 2;

        before.shell("runuser -u pgproxy -- prlimit --nofile=" + few + ": --pid $(lab-service pid)")
                .orFail();
        try {
            awaitAt(other(before));
            assertServedByTheAddress();
        } finally {
            before.run("lab-service", "restart").orFail();
        }
    }
}
