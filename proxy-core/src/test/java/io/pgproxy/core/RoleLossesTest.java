package io.pgproxy.core;

import static io.pgproxy.core.OneLoop.PG1;
import static io.pgproxy.core.OneLoop.PG2;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Many sessions whose node has lost its role, and those that must not wait for their ends. */
final class RoleLossesTest {
    private static final int SESSIONS = 2 * RoleLosses.PART + 10;

    private final OneLoop one = oneLoop();

    private static OneLoop oneLoop() {
        Settings settings = new Settings();
        settings.maxSessions = 1_000;
        settings.descriptors = 10_000;
        return new OneLoop(settings);
    }

    private void establish() {
        one.publish(Tables.goTo(1, PG1));
        for (int i = 0; i < SESSIONS; i++) {
            one.start("192.0.2.7");
            one.backendAnswers();
        }
    }

    private int ended() {
        return one.ended(CloseReason.ROLE_LOST);
    }

    @Test
    void endInParts() {
        establish();
        List<Integer> ended = new ArrayList<>();
        one.publish(Tables.roleLost(2, Settings.PG1));
        for (int part = 0; part < 3; part++) {
            ended.add(ended());
            one.advance(RoleLosses.PAUSE_MILLIS);
        }
        assertThat(ended).containsExactly(RoleLosses.PART, 2 * RoleLosses.PART, SESSIONS);
    }

    @Test
    void areOneLineInTheLog() {
        establish();
        try (LogLines lines = new LogLines(RoleLosses.class)) {
            one.publish(Tables.roleLost(2, Settings.PG1));
            assertThat(lines.all()).isEmpty();
            one.advance(RoleLosses.PAUSE_MILLIS);
            one.advance(RoleLosses.PAUSE_MILLIS);
            assertThat(lines.all())
                    .containsExactly("INFO ended " + SESSIONS + " sessions on pg1: role replica (was primary)");
        }
    }

    @Test
    void keepNobodyWaitingForTheNextPrimary() {
        establish();
        one.publish(Tables.nobody(2, "no primary"));
        one.start("192.0.2.8");
        one.publish(Tables.promoted(3, Settings.PG1, PG2));
        assertThat(one.dialer.last().address).isEqualTo(PG2.address());
        assertThat(ended()).isEqualTo(RoleLosses.PART);
    }

    @Test
    void tableThatKnowsBetterKeepsThoseWhoseTurnHasNotCome() {
        establish();
        one.publish(Tables.roleLost(2, Settings.PG1));
        one.publish(Tables.goTo(3, PG1));
        int endedByThen = ended();
        one.advance(RoleLosses.PAUSE_MILLIS);
        assertThat(ended()).isEqualTo(endedByThen).isLessThan(SESSIONS);
    }

    @Test
    void sessionThatEndsBeforeItsTurnIsNotCountedTwice() {
        establish();
        one.publish(Tables.roleLost(2, Settings.PG1));
        one.dialer.last().channel.close();
        one.advance(RoleLosses.PAUSE_MILLIS);
        one.advance(RoleLosses.PAUSE_MILLIS);
        assertThat(ended()).isEqualTo(SESSIONS - 1);
    }
}
