package io.pgproxy.vip.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ProbingTest {
    private static final String MAC = "02:00:00:00:00:0c";

    private final Probing probing = new Probing(Timings.withTtl(3));
    private final List<String> notes = new ArrayList<>();
    private long nowNanos;

    @BeforeEach
    void begin() {
        probing.begin(nowNanos, TimeUnit.SECONDS.toNanos(3));
    }

    /** Looks ten times a second, and is answered each time or never. */
    private void pass(long seconds, boolean answered, boolean ofMember) {
        for (long i = 0; i < 10 * seconds; i++) {
            Turn turn = new Turn(nowNanos);
            if (answered) {
                probing.answered(turn, MAC, ofMember);
            }
            probing.run(turn);
            turn.decision().actions().stream()
                    .filter(Action.Note.class::isInstance)
                    .map(note -> ((Action.Note) note).text())
                    .forEach(notes::add);
            nowNanos += TimeUnit.MILLISECONDS.toNanos(100);
        }
    }

    @Test
    void complainsOfAStubbornStrangerOnceAMinute() {
        pass(70, true, false);

        assertThat(notes)
                .hasSize(2)
                .containsOnly(MAC + " of a stranger answers for the address: waiting until it is silent");
        assertThat(probing.isOver(nowNanos)).isFalse();
    }

    @Test
    void saysOnceThatTheStrangerIsSilent() {
        pass(10, true, false);
        notes.clear();
        pass(2, false, false);

        assertThat(notes).containsExactly("nobody answers for the address any longer");
        assertThat(probing.isOver(nowNanos)).isTrue();
    }

    @Test
    void waitsForAMemberAsLongAsItMayHaveAuthorityAndNoLonger() {
        pass(5, true, true);
        assertThat(probing.isOver(nowNanos)).isFalse();

        pass(1, true, true);
        assertThat(probing.isOver(nowNanos)).isTrue();
    }
}
