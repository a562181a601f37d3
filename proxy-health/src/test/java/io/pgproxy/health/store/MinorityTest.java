package io.pgproxy.health.store;

import static io.pgproxy.etcd.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.pgproxy.etcd.EtcdMember;
import io.pgproxy.etcd.Operator;
import io.pgproxy.health.decide.PatroniStore;
import io.pgproxy.health.store.StoreWatchStatus.State;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A real etcd of three, of which only one is left: it answers, and knows nothing any more. */
@Timeout(120)
class MinorityTest {
    private static final ByteString LEADER = ByteString.copyFromUtf8(Listening.PREFIX + "leader");

    @TempDir
    Path folder;

    private static boolean puts(Operator operator, String leader) {
        try {
            operator.put(LEADER, ByteString.copyFromUtf8(leader));
            return true;
        } catch (RuntimeException e) {
            return false;
        }
    }

    @Test
    void whatAMemberAloneKnowsIsOnlyRememberedUntilThereIsAMajorityAgain() throws Exception {
        List<EtcdMember> members = EtcdMember.cluster(folder, 3);
        try (Operator operator = new Operator(members.get(0).endpoint())) {
            eventually("etcd answers", () -> puts(operator, "pg102"));
            try (Listening listening = Listening.at(members.get(0).endpoint()).watching()) {
                assertThat(listening.hasHeardOf("pg102")).isTrue();

                members.get(1).freeze();
                members.get(2).freeze();
                eventually("the watch is over", () -> listening.status().state() != State.WATCHING);
                eventually(
                        "what was known is remembered",
                        () -> listening.told.stream().flatMap(Optional::stream).anyMatch(store -> !store.current()));
                assertThat(listening.told.stream().flatMap(Optional::stream).map(PatroniStore::leader))
                        .containsOnly(Optional.of("pg102"));

                members.get(1).thaw();
                members.get(2).thaw();
                eventually("etcd answers again", () -> puts(operator, "pg103"));
                eventually("the new leader is told", () -> listening.hasHeardOf("pg103"));
                listening.watching();
            }
        } finally {
            members.forEach(EtcdMember::close);
        }
    }
}
