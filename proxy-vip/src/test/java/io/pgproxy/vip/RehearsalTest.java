package io.pgproxy.vip;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproxy.vip.machine.EtcdCall;
import io.pgproxy.vip.machine.Member;
import io.pgproxy.vip.machine.Preferences;
import io.pgproxy.vip.machine.State;
import io.pgproxy.vip.machine.Timings;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What is done once before it matters: all of it, and nothing that matters. */
class RehearsalTest {
    private static final Member OTHER = new Member("192.168.50.12:7001");

    private static Rehearsal with(List<Member> others, long ttlSeconds) {
        return new Rehearsal(EtcdInMemory.ME, new TreeSet<>(others), Timings.withTtl(ttlSeconds), Preferences.NONE);
    }

    @Test
    void goesThroughAllStatesWithOthers() {
        assertThat(with(List.of(OTHER), 3).play()).containsExactlyInAnyOrder(State.values());
    }

    @Test
    void goesThroughAllStatesWithManyOthersAndALongLease() {
        List<Member> eight = IntStream.range(20, 28)
                .mapToObj(host -> new Member("192.168.50." + host + ":7001"))
                .toList();

        assertThat(with(eight, 60).play()).containsExactlyInAnyOrder(State.values());
    }

    @Test
    void goesThroughAllStatesAlone() {
        assertThat(with(List.of(), 8).play()).containsExactlyInAnyOrder(State.values());
    }

    @Test
    void asksEtcdEachQuestionThatChangesSomething() {
        EtcdInMemory etcd = new EtcdInMemory();
        List<Class<?>> asked = new ArrayList<>();

        with(List.of(OTHER), 3).ask(etcd.heard(call -> asked.add(call.getClass())));

        assertThat(asked)
                .containsExactly(
                        EtcdCall.Grant.class,
                        EtcdCall.Claim.class,
                        EtcdCall.Release.class,
                        EtcdCall.DeleteKey.class,
                        EtcdCall.KeepAlive.class,
                        EtcdCall.Revoke.class);
    }
}
