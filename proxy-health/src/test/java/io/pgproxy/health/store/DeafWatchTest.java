package io.pgproxy.health.store;

import static io.pgproxy.etcd.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A watch that is up by all that it says, and dead (etcd and its clients have had many of them). */
@Timeout(60)
class DeafWatchTest {
    @Test
    void isFoundOutByARead() throws Exception {
        try (DeafMember deaf = new DeafMember();
                Listening listening =
                        new Listening(Listening.etcd(deaf.endpoint()), Duration.ofMillis(100)).watching()) {
            deaf.lead("pg103");

            eventually("the read tells it", () -> listening.hasHeardOf("pg103"));
            eventually("another watch is begun", () -> deaf.watches.get() > 1);
        }
    }

    @Test
    void isFollowedByOneAtAnotherMember() throws Exception {
        try (DeafMember deaf = new DeafMember();
                DeafMember other = new DeafMember();
                Listening listening = new Listening(
                                Listening.etcd(deaf.endpoint(), other.endpoint()), Duration.ofMillis(100))
                        .watching()) {
            other.lead("pg103");
            deaf.lead("pg103");

            eventually("another watch is begun", () -> deaf.watches.get() + other.watches.get() > 1);
            assertThat(List.of(deaf.watches.get(), other.watches.get()))
                    .as("watches at either of them")
                    .containsExactly(1, 1);
            eventually("the read tells it", () -> listening.hasHeardOf("pg103"));
        }
    }

    @Test
    void isNoReasonToBeginAnotherWhileNothingHappens() throws Exception {
        try (DeafMember deaf = new DeafMember();
                Listening listening =
                        new Listening(Listening.etcd(deaf.endpoint()), Duration.ofMillis(10)).watching()) {
            long heard = listening.status().heardNanos().orElseThrow();
            eventually(
                    "it was read again", () -> listening.status().heardNanos().orElseThrow() - heard > 100_000_000);

            assertThat(deaf.watches).hasValue(1);
        }
    }

    /** Nobody writes to etcd for a while, so that no revision follows the one that was read. */
    @Test
    void isTakenForSilentOnlyIfItDoesNotSayHowFarItIs() throws Exception {
        try (DeafMember quiet = new DeafMember();
                Listening listening = Listening.at(quiet.endpoint()).watching()) {
            eventually("it says how far it is, and again", () -> quiet.progressTold.get() > 3);

            assertThat(quiet.watches).hasValue(1);
            assertThat(listening.status().restarts()).isZero();
        }
    }
}
