package io.pgproxy.health.decide;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproxy.health.decide.PatroniStoreReader.Reading;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Values as Patroni 3.0 and 4.1 write them, and as somebody else might. */
class PatroniStoreReaderTest {
    private static final String REPLICA =
            """
            {"conn_url":"postgres://192.168.50.22:5432/postgres","api_url":"http://192.168.50.22:8008/patroni",
             "state":"running","role":"replica","version":"3.0.2","xlog_location":67109208,"timeline":5}
            """;

    private static StoredKey key(String name, String value) {
        return new StoredKey(name, Optional.of(value));
    }

    private static StoredKey gone(String name) {
        return new StoredKey(name, Optional.empty());
    }

    private static Reading read(PatroniStore before, StoredKey... changes) {
        return PatroniStoreReader.read(before, List.of(changes));
    }

    private static PatroniStore store(StoredKey... keys) {
        Reading reading = read(PatroniStore.EMPTY, keys);
        assertThat(reading.unreadable()).isEmpty();
        return reading.store();
    }

    @Test
    void readsTheLeader() {
        assertThat(store(key("leader", "pg102")).leader()).contains("pg102");
    }

    @Test
    void readsAMember() {
        assertThat(store(key("members/pg103", REPLICA)).members())
                .containsEntry(
                        "pg103",
                        new StoredMember(
                                "replica",
                                "running",
                                OptionalLong.of(5),
                                MemberPlace.of(
                                        "pg103",
                                        "postgres://192.168.50.22:5432/postgres",
                                        "http://192.168.50.22:8008/patroni")));
    }

    @Test
    void readsWhoIsSynchronous() {
        assertThat(store(key("sync", "{\"leader\":\"pg102\",\"sync_standby\":\"pg103,pg104\"}"))
                        .synchronous())
                .containsExactlyInAnyOrder("pg103", "pg104");
        assertThat(store(key("sync", "{\"leader\":null,\"sync_standby\":null}")).synchronous())
                .isEmpty();
    }

    @Test
    void readsASwitchoverForNow() {
        assertThat(store(key("failover", "{\"leader\":\"pg102\",\"member\":\"pg103\"}"))
                        .failover())
                .contains(new StoredFailover(Optional.of("pg102"), Optional.of("pg103"), OptionalLong.empty()));
    }

    @Test
    void readsASwitchoverForLater() {
        assertThat(store(key("failover", "{\"leader\":\"pg102\",\"scheduled_at\":\"2026-11-23T22:00:00.5+01:00\"}"))
                        .failover()
                        .orElseThrow()
                        .scheduledMillis())
                .hasValue(1_795_467_600_000L);
    }

    @Test
    void aSwitchoverThatIsDoneIsNone() {
        PatroniStore before = store(key("failover", "{\"leader\":\"pg102\"}"));
        assertThat(read(before, key("failover", "{}")).store().failover()).isEmpty();
        assertThat(read(before, gone("failover")).store().failover()).isEmpty();
    }

    @Test
    void whatIsDeletedIsGone() {
        PatroniStore before = store(
                key("leader", "pg102"), key("members/pg103", REPLICA), key("sync", "{\"sync_standby\":\"pg103\"}"));
        assertThat(read(before, gone("leader"), gone("members/pg103"), gone("sync"), gone("other"))
                        .store())
                .isEqualTo(PatroniStore.EMPTY);
    }

    @Test
    void whatIsNotAmongAllKeysIsGone() {
        PatroniStore before =
                store(key("leader", "pg102"), key("members/pg103", REPLICA), key("failover", "{\"leader\":\"pg102\"}"));
        PatroniStore after = PatroniStoreReader.readAll(before, List.of(key("members/pg104", REPLICA)))
                .store();
        assertThat(after).isEqualTo(store(key("members/pg104", REPLICA)));
    }

    @Test
    void whoIsNotAmongTheMembersThatThereWasRoomForMayBeThere() {
        PatroniStore before =
                store(key("leader", "pg102"), key("members/pg103", REPLICA), key("failover", "{\"leader\":\"pg102\"}"));
        PatroniStore after = PatroniStoreReader.readCut(before, List.of(key("members/pg104", REPLICA)))
                .store();
        assertThat(after).isEqualTo(store(key("members/pg103", REPLICA), key("members/pg104", REPLICA)));
    }

    @Test
    void otherKeysAreNoneOfOurs() {
        assertThat(store(key("history", "[]"), key("status", "{\"optime\":1}"), key("config", "{")))
                .isEqualTo(PatroniStore.EMPTY);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "pg102\n", "\u001b[2J", "\u202egp"})
    void aLeaderThatNobodyIsCalledLikeChangesNothing(String name) {
        PatroniStore before = store(key("leader", "pg102"));
        Reading reading = read(before, key("leader", name));
        assertThat(reading.store()).isEqualTo(before);
        assertThat(reading.unreadable())
                .containsExactly("what stands in leader is not Patroni's: it names a member as nobody is named");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "pg103",
                "[]",
                "{",
                "{}{}",
                "{\"leader\":\"a\",\"leader\":\"b\"}",
                "{\"scheduled_at\":\"tomorrow\"}",
                "{\"scheduled_at\":7}",
                "{\"member\":\"a\\nb\"}",
                "{\"scheduled_at\":\"+999999999-12-31T23:59:59Z\"}"
            })
    void aFailoverThatIsNotPatronisChangesNothing(String value) {
        PatroniStore before = store(key("failover", "{\"leader\":\"pg102\"}"));
        Reading reading = read(before, key("failover", value));
        assertThat(reading.store()).isEqualTo(before);
        assertThat(reading.unreadable()).singleElement().asString().startsWith("what stands in failover is not");
    }

    @Test
    void aValueThatIsHugeOrDeepChangesNothing() {
        String huge = "{\"role\":\"" + "x".repeat(70_000) + "\"}";
        String deep = "{\"role\":" + "[".repeat(1000) + "]".repeat(1000) + "}";
        Reading reading = read(PatroniStore.EMPTY, key("members/pg103", huge), key("members/pg104", deep));
        assertThat(reading.store()).isEqualTo(PatroniStore.EMPTY);
        assertThat(reading.unreadable()).hasSize(2);
    }

    @Test
    void aStrangersWordsAreShortAndSafe() {
        String words = "{\"role\":\"" + "\\u202e".repeat(100) + "\",\"state\":7,\"timeline\":\"x\"}";
        StoredMember member = store(key("members/pg103", words)).members().get("pg103");
        assertThat(member).isNotNull().extracting(StoredMember::state).isEqualTo("7");
        assertThat(String.valueOf(member)).hasSizeLessThan(500).doesNotContain("\u202e");
    }

    @Test
    void noMoreMembersAreKeptThanAClusterCanHave() {
        List<StoredKey> keys = new ArrayList<>();
        for (int i = 0; i <= PatroniStoreReader.MAX_MEMBERS; i++) {
            keys.add(key("members/m" + i, REPLICA));
        }
        Reading reading = PatroniStoreReader.readAll(PatroniStore.EMPTY, keys);
        assertThat(reading.store().members()).hasSize(PatroniStoreReader.MAX_MEMBERS);
        assertThat(reading.unreadable()).singleElement().asString().contains("more than 256 members");
    }

    @Test
    void aNewLeaderIsAReasonToAskBoth() {
        assertThat(store(key("leader", "pg103")).affectedSince(store(key("leader", "pg102"))))
                .containsExactlyInAnyOrder("pg102", "pg103");
        assertThat(PatroniStore.EMPTY.affectedSince(store(key("leader", "pg102"))))
                .containsExactly("pg102");
    }

    @Test
    void aMemberThatSaysSomethingElseIsAReasonToAskIt() {
        PatroniStore before = store(key("members/pg103", REPLICA), key("members/pg104", REPLICA));
        PatroniStore after = read(before, key("members/pg103", REPLICA.replace("running", "stopping")))
                .store();
        assertThat(after.affectedSince(before)).containsExactly("pg103");
    }

    @Test
    void positionsAreNoReasonToAskAnybody() {
        PatroniStore before = store(key("members/pg103", REPLICA));
        PatroniStore after = read(before, key("members/pg103", REPLICA.replace("67109208", "67109999")))
                .store();
        assertThat(after.affectedSince(before)).isEmpty();
    }

    @Test
    void whoBecomesSynchronousOrCeasesToBeIsAsked() {
        PatroniStore before = new PatroniStore(Optional.empty(), Map.of(), Optional.empty(), Set.of("pg103"));
        assertThat(before.withSynchronous(Set.of("pg104")).affectedSince(before))
                .containsExactlyInAnyOrder("pg103", "pg104");
    }

    @Test
    void anAnnouncedSwitchoverIsAReasonToAskTheLeader() {
        PatroniStore before = store(key("leader", "pg102"));
        PatroniStore after =
                read(before, key("failover", "{\"member\":\"pg103\"}")).store();
        assertThat(after.affectedSince(before)).containsExactly("pg102");
    }
}
