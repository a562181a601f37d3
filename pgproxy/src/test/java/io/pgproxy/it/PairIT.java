package io.pgproxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.ResourceLock;

/** Two proxies and one address between them: whatever happens to one of them, the address is at most at one. */
@ResourceLock("the faulted cluster")
class PairIT {
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

    @Test
    void oneOfThemServesByIt() {
        PAIR.assertServes();
        assertThat(Pair.pgproxy(PAIR.holder(), "status").out()).contains(PAIR.address() + ": here for");
        assertThat(Pair.pgproxy(PAIR.other(PAIR.holder()), "status").out())
                .contains(PAIR.address() + ": at " + PAIR.holder().name() + ":7001;");
    }

    @Test
    void movesOnCommandAndItsClientsHearOfIt() {
        Host before = PAIR.holder();
        Sessions sessions = PAIR.open(5);

        Outcome moved = Pair.pgproxy(before, "vip move");

        assertThat(moved.orFail()).contains(PAIR.other(before).name() + ":7001 has it");
        sessions.awaitAllEnded();
        PAIR.awaitAt(PAIR.other(before));
        PAIR.assertServes();
        assertThat(Pair.pgproxy(before, "vip move").err()).contains("not at " + before.name() + ":7001");
    }

    @Test
    void aCleanStopHandsOver() {
        Host before = PAIR.holder();
        Sessions sessions = PAIR.open(5);
        int said = before.log().length();

        before.run("lab-service", "stop").orFail();

        try {
            sessions.awaitAllEnded();
            PAIR.awaitAt(PAIR.other(before));
            PAIR.assertServes();
            assertThat(before.log().substring(said)).contains("HOLD -> STANDBY: let go");
        } finally {
            before.run("lab-service", "start");
        }
    }

    @Test
    void aFrozenHolderLosesItAndDoesNotComeBackWithIt() {
        Host before = PAIR.holder();

        before.signal("STOP", "java");
        try {
            PAIR.awaitAt(PAIR.other(before));
            PAIR.assertServes();
        } finally {
            Pair.thaw(before);
        }
        Cluster.awaitReady(before);
        assertThat(PAIR.history())
                .containsExactly(before.name(), PAIR.other(before).name());
    }

    /** The unit's stop-post step tells it; by the end of the lease alone the one that was started anew could take it. */
    @Test
    void aKilledHolderLosesItToTheOther() {
        Host before = PAIR.holder();
        Host other = PAIR.other(before);
        int said = before.log().length();
        int otherSaid = other.log().length();
        String process = before.run("lab-service", "pid").orFail();

        before.run("kill", "-KILL", process).orFail();

        PAIR.awaitAt(other);
        PAIR.assertServes();
        assertThat(other.log().substring(otherSaid)).contains("has left no address behind, says its supervisor");
        Eventually.until(
                "the step has said what it did",
                Pair.TAKEOVER,
                () -> before.log().substring(said),
                log -> log.contains("is not on this host any more") && log.contains("told "));
    }

    @Test
    void staysWhereItIsWhileEtcdIsSilentAndThePeersTalk() {
        Host before = PAIR.holder();
        Host etcd = PAIR.cluster().host("etcd1");

        etcd.signal("STOP", "etcd");
        try {
            Pair.awaitAuthority(before, "peers");
            // Twice the length of a lease: nothing that etcd has said before is of use any more.
            Pair.awaitTime(Duration.ofSeconds(6));
        } finally {
            etcd.signal("CONT", "etcd");
        }
        Pair.awaitAuthority(before, "etcd");
        PAIR.assertStayedAt(before);
        PAIR.cluster().awaitWhole();
    }

    /** By itself, and not only in the kernel: its sessions are over too. */
    @Test
    void whoIsAloneWithoutEtcdLetsGo() {
        Host before = PAIR.holder();
        Host etcd = PAIR.cluster().host("etcd1");
        PAIR.open(5);
        int said = before.log().length();
        PAIR.other(before).run("lab-service", "stop").orFail();

        etcd.signal("STOP", "etcd");
        try {
            PAIR.awaitNobody();
            Eventually.until(
                    "it knows that its time is over, and so is its sessions'",
                    Duration.ofSeconds(5),
                    () -> before.log().substring(said),
                    log -> log.contains("neither etcd nor the others allow to keep the address any longer")
                            && log.contains("ended 5 sessions"));
        } finally {
            etcd.signal("CONT", "etcd");
            PAIR.other(before).run("lab-service", "start").orFail();
        }
        PAIR.awaitOneHolder();
        PAIR.cluster().awaitWhole();
    }

    @Test
    void isPutBackWhenSomebodyTakesItAwayAndItsSessionsLiveOn() {
        Host holder = PAIR.holder();
        Sessions sessions = PAIR.open(5);

        holder.shell("ip addr del " + PAIR.address() + "/32 dev eth0").orFail();

        Eventually.until("it was put back", Pair.TAKEOVER, PAIR::history, history -> history.size() == 2);
        assertThat(PAIR.history()).containsExactly(holder.name(), holder.name());
        assertThat(sessions.stop()).hasSize(5);
        PAIR.assertServes();
    }

    /** Two renewals late. The kernel has at least a second and a half left, and a freeze by commands lasts longer. */
    @Test
    void itsSessionsLiveOnWhenAHolderRenewsLate() {
        Host holder = PAIR.holder();
        Sessions sessions = PAIR.open(5);

        holder.signal("STOP", "java");
        try {
            Pair.awaitTime(Duration.ofSeconds(1));
        } finally {
            Pair.thaw(holder);
        }
        assertThat(sessions.stop()).hasSize(5);
        PAIR.assertStayedAt(holder);
    }

    /** While it is frozen the kernel is told a shorter lifetime, so that the lease is not over too. */
    @Test
    void itsSessionsLiveOnWhenTheKernelDropsItJustBeforeItIsRenewed() {
        Host holder = PAIR.holder();
        Sessions sessions = PAIR.open(5);

        holder.signal("STOP", "java");
        try {
            holder.shell("ip addr change " + PAIR.address() + "/32 dev eth0 valid_lft 1 preferred_lft 0")
                    .orFail();
            PAIR.awaitNobody();
        } finally {
            Pair.thaw(holder);
        }
        PAIR.awaitAt(holder);
        assertThat(sessions.stop()).hasSize(5);
        assertThat(PAIR.history()).containsExactly(holder.name(), holder.name());
    }
}
