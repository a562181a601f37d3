package io.pgproxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.ResourceLock;

/** What keeps the address from being at two hosts, each seen where nothing else would; docs/VIP.md names them. */
@ResourceLock("the faulted cluster")
class PairRulesIT {
    private static final String CLAIMS = "STANDBY -> CLAIM";

    @RegisterExtension
    static final Pair PAIR = Pair.with(
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
              addresses: [$VIP]
              peers: ["ct100:7001", "ct101:7001"]
              secret-file: /etc/pgproxy/secret
            """);

    private static void cutFromEtcd(Host proxy) {
        proxy.run("iptables", "-A", "OUTPUT", "-d", etcd().address(), "-j", "DROP")
                .orFail();
    }

    private static void giveEtcdBack(Host proxy) {
        proxy.run("iptables", "-D", "OUTPUT", "-d", etcd().address(), "-j", "DROP"); // which may be gone already
    }

    private static Host etcd() {
        return PAIR.cluster().host("etcd1");
    }

    /** Whoever has the right to the address in etcd's eyes; empty if nobody. */
    private static String key() {
        return etcd().shell("etcdctl --endpoints=localhost:2379 get /pgproxy/pair/election --print-value-only")
                .orFail();
    }

    private static long claims(Host host) {
        return host.log().lines().filter(line -> line.contains(CLAIMS)).count();
    }

    /** The key is gone from etcd and free for the other, which etcd answers again; only its own word binds it then. */
    @Test
    void whoHasPromisedClaimsOnlyWhenTheHolderHasLetGo() {
        Host holder = PAIR.holder();
        Host other = PAIR.other(holder);
        long claimsBefore = claims(other);

        try {
            cutFromEtcd(other);
            cutFromEtcd(holder);
            Pair.awaitAuthority(holder, "peers");
            Eventually.until("the lease is over", Pair.TAKEOVER, PairRulesIT::key, String::isEmpty);
            PAIR.assertStayedAt(holder);
            giveEtcdBack(other);
            Eventually.until("the other claims", Pair.TAKEOVER, () -> claims(other) > claimsBefore);
            assertThat(PAIR.holders()).doesNotContain(holder.name());
            PAIR.awaitAt(other);
        } finally {
            giveEtcdBack(other);
            giveEtcdBack(holder);
        }
    }

    /** The leases of the rehearsals went back: what is left is the holder's, and one of each of the three Patronis. */
    @Test
    void whoMayHaveToTakeOverHasRehearsedItAndLeftNothingBehind() {
        for (Host host : List.of(PAIR.holder(), PAIR.other(PAIR.holder()))) {
            assertThat(host.log()).containsPattern("rehearsed a take-over in \\d+ ms");
        }
        Eventually.until(
                "four leases are left", Pair.TAKEOVER, PairRulesIT::leases, found -> found.contains("found 4 leases"));
    }

    private static String leases() {
        return etcd().shell("etcdctl --endpoints=localhost:2379 lease list").orFail();
    }

    /** Its lease is kept alive by what etcd hears of it, so only its word tells the other not to wait for the end. */
    @Test
    void whoHearsNothingAndIsHeardLeavesItToTheOtherByItsWord() {
        Host before = PAIR.holder();
        Host other = PAIR.other(before);
        long wordsBefore = leaves(other);

        before.run("iptables", "-A", "INPUT", "-i", "eth0", "-j", "DROP").orFail();
        try {
            PAIR.awaitAt(other);
            assertThat(PAIR.history()).containsExactly(before.name(), other.name());
            assertThat(leaves(other)).isGreaterThan(wordsBefore);
        } finally {
            before.run("iptables", "-D", "INPUT", "-i", "eth0", "-j", "DROP").orFail();
        }
    }

    private static long leaves(Host host) {
        return host.log()
                .lines()
                .filter(line -> line.contains("had to let go of the address and leaves it to others"))
                .count();
    }

    /** By hand and without a word, before the holder freezes; so it is there whenever the other one asks. */
    @Test
    void aStrangerWhoHasItIsWaitedFor() {
        Host before = PAIR.holder();
        Host other = PAIR.other(before);
        Host stranger = etcd();
        String byHand = PAIR.address() + "/32 dev eth0";

        stranger.shell("ip address add " + byHand).orFail();
        try {
            before.signal("STOP", "java");
            Eventually.until(
                    "the other asks the network for ten times as long as silence takes",
                    Pair.TAKEOVER,
                    () -> Pair.status(other, " | .state == \"probe\" and .since_seconds > 2"),
                    "true"::equals,
                    other::log);
            assertThat(PAIR.history()).containsExactly(before.name());
            stranger.shell("ip address del " + byHand).orFail();
            PAIR.awaitAt(other);
        } finally {
            Pair.thaw(before);
            stranger.shell("ip address del " + byHand); // if it is still there
        }
    }

    @Test
    void whoKnewWhereItWasIsToldWhereItIs() {
        Host before = PAIR.holder();
        PAIR.assertServes();
        Neighbours client = new Neighbours(PAIR.cluster().client());
        client.assertKnows(PAIR.address(), before);

        Pair.pgproxy(before, "vip move").orFail();

        PAIR.awaitAt(PAIR.other(before));
        client.awaitKnows(PAIR.address(), PAIR.other(before));
        PAIR.assertServes();
    }
}
