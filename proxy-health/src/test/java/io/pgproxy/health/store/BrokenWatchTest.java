package io.pgproxy.health.store;

import static io.pgproxy.etcd.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgproxy.health.store.StoreWatchStatus.State;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What becomes of a watch that breaks. */
@Timeout(60)
class BrokenWatchTest {
    /** Else what it tells when it breaks at once, that all is only remembered, would be taken back. */
    @Test
    void isBegunWhenWhatWasReadIsTold() throws Exception {
        AtomicReference<Optional<PatroniStoreWatch>> begun = new AtomicReference<>(Optional.empty());
        List<State> whenTold = new CopyOnWriteArrayList<>();
        try (DeafMember member = new DeafMember();
                PatroniStoreWatch watch = new PatroniStoreWatch(
                        Listening.etcd(member.endpoint()),
                        Listening.PREFIX,
                        store -> whenTold.add(begun.get().orElseThrow().status().state()))) {
            begun.set(Optional.of(watch));
            watch.begin();
            eventually("it watches", () -> watch.status().state() == State.WATCHING);
        }
        assertThat(whenTold).startsWith(State.BEGINNING);
    }
}
