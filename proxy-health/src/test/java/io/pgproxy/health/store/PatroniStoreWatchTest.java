package io.pgproxy.health.store;

import static io.pgproxy.etcd.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.pgproxy.etcd.EtcdMember;
import io.pgproxy.etcd.Operator;
import io.pgproxy.etcd.Wire;
import io.pgproxy.health.LogLines;
import io.pgproxy.health.decide.PatroniStore;
import io.pgproxy.health.store.StoreWatchStatus.State;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Against a real etcd of one member. */
@Timeout(60)
class PatroniStoreWatchTest {
    private static final List<String> KEYS =
            List.of("leader", "failover", "sync", "members/pg102", "members/pg103", "status");

    @TempDir
    static Path folder;

    private static EtcdMember member;

    private Operator patroni;

    @BeforeAll
    static void startsEtcd() throws Exception {
        member = EtcdMember.alone(folder);
        try (Listening first = Listening.at(member.endpoint())) {
            first.watching();
        }
    }

    @AfterAll
    static void stopsEtcd() {
        if (member != null) {
            member.close();
        }
    }

    @BeforeEach
    void beginsWithALeader() {
        patroni = new Operator(member.endpoint());
        KEYS.forEach(this::delete);
        put("leader", "pg102");
    }

    @AfterEach
    void closes() {
        patroni.close();
    }

    private static ByteString key(String name) {
        return ByteString.copyFromUtf8(Listening.PREFIX + name);
    }

    private void put(String name, String value) {
        patroni.put(key(name), ByteString.copyFromUtf8(value));
    }

    private void delete(String name) {
        patroni.delete(key(name));
    }

    @Test
    void tellsWhatIsThereAndWhatChanges() {
        put("members/pg103", "{\"role\":\"replica\",\"state\":\"running\"}");
        try (Listening listening = Listening.at(member.endpoint()).watching()) {
            assertThat(listening.hasHeardOf("pg102")).isTrue();
            assertThat(listening.told.get(0).orElseThrow().members()).containsKey("pg103");

            put("leader", "pg103");

            eventually("the new leader is told", () -> listening.hasHeardOf("pg103"));
            assertThat(listening.status().changes()).isEqualTo(1);
        }
    }

    @Test
    void tellsThatTheLeaderIsGone() {
        try (Listening listening = Listening.at(member.endpoint()).watching()) {
            delete("leader");

            eventually("nobody leads", () -> listening.told.size() == 2);
            assertThat(listening.told.get(1)).contains(PatroniStore.EMPTY);
        }
    }

    @Test
    void neverMissesAChangeBetweenTheReadAndTheWatch() {
        for (int n = 0; n < 20; n++) {
            try (Listening listening = Listening.at(member.endpoint())) {
                String leader = "pg" + n;
                put("leader", leader);

                eventually(leader + " is told", () -> listening.hasHeardOf(leader));
            }
        }
    }

    @Test
    void keysOfOtherClustersAndOtherKeysAreNotHeardOf() {
        try (Listening listening = Listening.at(member.endpoint()).watching()) {
            put("status", "{\"optime\":1}");
            patroni.put(ByteString.copyFromUtf8("/service/main2/leader"), ByteString.copyFromUtf8("other"));
            put("leader", "pg103");

            eventually("the new leader is told", () -> listening.hasHeardOf("pg103"));
            assertThat(listening.status().changes()).isEqualTo(1);
        }
    }

    @Test
    void aValueThatIsNotPatronisChangesNothing() {
        try (Listening listening = Listening.at(member.endpoint()).watching()) {
            put("failover", "]");
            put("members/pg103", "x".repeat(100_000));
            put("members/pg102", "{\"role\":\"primary\",\"state\":\"running\"}");

            eventually("what is good is told", () -> listening.told.size() == 2);
            assertThat(listening.told.get(1).orElseThrow().members()).containsOnlyKeys("pg102");
        }
    }

    @Test
    void aFloodOfStrangeValuesDoesNotFloodTheLog() {
        try (LogLines lines = LogLines.of(PatroniStoreWatch.class);
                Listening listening = Listening.at(member.endpoint()).watching()) {
            for (int n = 0; n < 200; n++) {
                put("failover", "]" + n);
            }
            put("leader", "pg103");

            eventually("what came behind it is told", () -> listening.hasHeardOf("pg103"));
            assertThat(lines.texts().stream().filter(line -> line.contains("is not Patroni's")))
                    .hasSizeBetween(10, 100);
        }
    }

    /** The kernel would go on waiting for a quarter of an hour. */
    @Test
    void aConnectionThatDiedWithoutAWordIsReplacedAlthoughEtcdWasCompactedMeanwhile() throws Exception {
        try (Wire wire = new Wire(member.endpoint());
                Listening listening = Listening.at(wire.endpoint()).watching()) {
            wire.cut();
            put("leader", "pg103");
            put("leader", "pg104");
            patroni.compact();

            eventually("what was missed is read", () -> listening.hasHeardOf("pg104"));
            listening.watching();
            put("leader", "pg102");
            eventually("and the next change is heard of", () -> listening.hasHeardOf("pg102"));
            assertThat(listening.status().restarts()).isPositive();
        }
    }

    @Test
    void anEtcdThatIsAwayForLongLeavesNothingKnownAndIsHeardAgainAfterwards(@TempDir Path own) throws Exception {
        try (EtcdMember mortal = EtcdMember.alone(own);
                Listening listening = Listening.at(mortal.endpoint()).watching();
                Operator there = new Operator(mortal.endpoint())) {
            there.put(key("leader"), ByteString.copyFromUtf8("pg102"));
            eventually("the leader is told", () -> listening.hasHeardOf("pg102"));

            mortal.kill();

            eventually("nothing is known any more", listening::hasForgotten);
            assertThat(listening.status().state()).isEqualTo(State.LOST);
            mortal.startAgain();
            eventually("the leader is told again", () -> listening.hasHeardOf("pg102"));
            listening.watching();
        }
    }

    @Test
    void aClosedWatchTellsNothing() {
        Listening listening = Listening.at(member.endpoint()).watching();
        listening.close();
        int before = listening.told.size();
        try (Listening other = Listening.at(member.endpoint()).watching()) {
            put("leader", "pg103");
            eventually("the other one hears", () -> other.hasHeardOf("pg103"));
        }
        assertThat(listening.told).hasSize(before);
        assertThat(listening.told).doesNotContain(Optional.empty());
    }
}
