package io.pgproxy.health.store;

import static io.pgproxy.etcd.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgproxy.health.store.StoreWatchStatus.State;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What becomes of a watch that breaks, and of reads that fail. */
@Timeout(60)
class BrokenWatchTest {
    /** The three pauses between four tries. */
    private static final Duration BACKED_OFF = Duration.ofMillis(250 + 500 + 1_000);

    private static Duration since(long nanos) {
        return Duration.ofNanos(System.nanoTime() - nanos);
    }

    @Test
    void isBegunAgainLessAndLessOften() throws Exception {
        try (DeafMember member = new DeafMember()) {
            member.refusesWatches = true;
            long began = System.nanoTime();
            try (Listening listening = Listening.at(member.endpoint())) {
                eventually("it has been tried four times", () -> member.watches.get() >= 4);

                assertThat(since(began)).isGreaterThanOrEqualTo(BACKED_OFF);
                assertThat(listening.status().state()).isEqualTo(State.INTERRUPTED);
            }
        }
    }

    @Test
    void isReadForLessAndLessOften() throws Exception {
        try (DeafMember member = new DeafMember()) {
            member.refusesReads = true;
            long began = System.nanoTime();
            try (Listening listening = Listening.at(member.endpoint())) {
                eventually("it has been tried four times", () -> member.reads.get() >= 4);

                assertThat(since(began)).isGreaterThanOrEqualTo(BACKED_OFF);
                assertThat(listening.status().restarts())
                        .as("watches begun again")
                        .isZero();
            }
        }
    }

    /** Else what it tells when it breaks at once, that all is only remembered, would be taken back. */
    @Test
    void isBegunWhenWhatWasReadIsTold() throws Exception {
        CompletableFuture<PatroniStoreWatch> begun = new CompletableFuture<>();
        List<State> whenTold = new CopyOnWriteArrayList<>();
        try (DeafMember member = new DeafMember();
                PatroniStoreWatch watch = new PatroniStoreWatch(
                        Listening.etcd(member.endpoint()),
                        Listening.PREFIX,
                        store -> whenTold.add(begun.join().status().state()))) {
            begun.complete(watch);
            watch.begin();
            eventually("it watches", () -> watch.status().state() == State.WATCHING);
        }
        assertThat(whenTold).startsWith(State.BEGINNING);
    }
}
