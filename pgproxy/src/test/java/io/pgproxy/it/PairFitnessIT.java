package io.pgproxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.stream.Collectors;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.ResourceLock;

/** The address leaves a holder that lives and serves nobody. */
@ResourceLock("the faulted cluster")
@TestMethodOrder(OrderAnnotation.class)
class PairFitnessIT {
    @RegisterExtension
    static final Pair PAIR = Pair.with(
            """
            nodes:
              - {name: pg102, host: pg102}
              - {name: pg103, host: pg103}
              - {name: pg104, host: pg104}
            listeners:
              - {name: primary, bind: "*:5432", route: primary}
            health: {interval: 500ms, timeout: 1s}
            etcd: {endpoints: ["http://etcd1:2379"]}
            vip:
              name: pair
              addresses: [$VIP]
              peers: ["ct100:7001", "ct101:7001"]
              secret-file: /etc/pgproxy/secret
              handover-after: 1s
            """);

    private static void cutFromDatabases(Host proxy) {
        proxy.run("iptables", "-A", "OUTPUT", "-d", databases(), "-j", "DROP").orFail();
    }

    private static void giveDatabasesBack(Host proxy) {
        proxy.run("iptables", "-D", "OUTPUT", "-d", databases(), "-j", "DROP"); // which may be gone already
    }

    private static String databases() {
        return PAIR.cluster().postgresHosts().stream().map(Host::address).collect(Collectors.joining(","));
    }

    private static void awaitPrimary(Host proxy, boolean inSight) {
        Eventually.until(
                proxy.name() + (inSight ? " sees a primary" : " sees no primary"),
                Duration.ofSeconds(20),
                () -> proxy.shell("curl -s localhost:7000/api/v1/status"
                                + " | jq 'any(.nodes[]; .state == \"up\" and .role == \"primary\")'")
                        .out(),
                Boolean.toString(inSight)::equals,
                () -> "\n" + proxy.log());
    }

    @Test
    @Order(1)
    void movesAwayFromAHolderWithARelayLoopThatHangs() {
        Host before = PAIR.holder();
        String process = before.run("lab-service", "pid").orFail();

        int said = before.log().length();
        Running hanging = before.start("python3", "/it/hang.py", process, "relay");
        try {
            hanging.line("one loop hangs", Duration.ofSeconds(10), "hangs"::equals);
            PAIR.awaitAt(PAIR.other(before));
            PAIR.assertServes();
        } finally {
            hanging.stop();
        }
        assertThat(before.log().substring(said)).contains("a relay loop has not turned");
    }

    /** Half of those in use: at the number in use, a check of a node that ends would leave one free now and then. */
    @Test
    @Order(2)
    void movesAwayFromAHolderWithoutDescriptors() {
        Host before = PAIR.holder();
        long few = new ProxyProcess(before).descriptors() / 2;

        before.shell("runuser -u pgproxy -- prlimit --nofile=" + few + ": --pid $(lab-service pid)")
                .orFail();
        try {
            PAIR.awaitAt(PAIR.other(before));
            PAIR.assertServes();
        } finally {
            before.run("lab-service", "restart").orFail();
        }
    }

    @Test
    @Order(3)
    void staysWhereItIsWhileNeitherOfThemReachesTheDatabases() {
        Host holder = PAIR.holder();
        Host other = PAIR.other(holder);

        try {
            cutFromDatabases(other);
            awaitPrimary(other, false);
            cutFromDatabases(holder);
            awaitPrimary(holder, false);
            Pair.awaitTime(Duration.ofSeconds(3)); // three times what it takes to move
            PAIR.assertStayedAt(holder);
            giveDatabasesBack(holder);
            awaitPrimary(holder, true);
        } finally {
            giveDatabasesBack(holder);
            giveDatabasesBack(other);
        }
    }

    /** The last one: who has let go for this reason keeps for a minute what it gets back. */
    @Test
    @Order(4)
    void movesToTheOneThatReachesTheDatabases() {
        Host before = PAIR.holder();

        try {
            cutFromDatabases(before);
            PAIR.awaitAt(PAIR.other(before));
            PAIR.assertServes();
        } finally {
            giveDatabasesBack(before);
        }
    }
}
