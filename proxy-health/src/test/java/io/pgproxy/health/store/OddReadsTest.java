package io.pgproxy.health.store;

import static io.pgproxy.etcd.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgproxy.health.decide.PatroniStore;
import io.pgproxy.health.store.StoreWatchStatus.State;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Reads that are no answer to what was asked. */
@Timeout(60)
class OddReadsTest {
    /** What was restored from a backup begins anew, once what was known is forgotten. */
    @Test
    void anAnswerFromThePastIsNotTakenUntilWhatWasKnownIsForgotten() throws Exception {
        try (DeafMember member = new DeafMember();
                Listening listening =
                        new Listening(Listening.etcd(member.endpoint()), Duration.ofMillis(100)).watching()) {
            member.lead("pg103");
            eventually("the new leader is told", () -> listening.hasHeardOf("pg103"));
            int before = member.reads.get();

            member.goBack("pg102");

            eventually("it was read again", () -> member.reads.get() > before + 2);
            assertThat(listening.hasHeardOf("pg103")).isTrue();
            eventually("nothing is known any more", () -> listening.told.contains(Optional.empty()));
            eventually("and what there is now is told", () -> listening.hasHeardOf("pg102"));
        }
    }

    /** Whoever may write there can make more members than an answer has room for. */
    @Test
    void whoIsCutOffIsNotGone() throws Exception {
        try (DeafMember member = new DeafMember()) {
            member.members = List.of("pg102", "pg103");
            try (Listening listening =
                    new Listening(Listening.etcd(member.endpoint()), Duration.ofMillis(100)).watching()) {
                member.cuts = true;
                member.members = List.of("pg102");
                member.lead("pg104");
                eventually("what was read is told", () -> listening.hasHeardOf("pg104"));
                assertThat(listening.lastTold().members()).containsOnlyKeys("pg102", "pg103");

                member.cuts = false;

                eventually(
                        "a whole one is told",
                        () -> listening.lastTold().members().keySet().equals(Set.of("pg102")));
            }
        }
    }

    @Test
    void whatIsOnlyRememberedIsToldAsSuch() throws Exception {
        DeafMember member = new DeafMember();
        try (Listening listening = Listening.at(member.endpoint()).watching()) {
            member.close();

            eventually("the watch is over", () -> listening.status().state() == State.INTERRUPTED);
            eventually("that is told", () -> listening.told.size() > 1);
            PatroniStore last = listening.told.get(1).orElseThrow();
            assertThat(last.current()).isFalse();
            assertThat(last.leader()).hasValue("pg102");
        } finally {
            member.close();
        }
    }
}
