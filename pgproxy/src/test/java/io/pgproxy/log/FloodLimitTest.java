package io.pgproxy.log;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import io.pgproxy.log.FloodLimit.Decision;
import io.pgproxy.log.FloodLimit.Kind;
import io.pgproxy.log.FloodLimit.Unsaid;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class FloodLimitTest {
    private static final long SECOND = FloodLimit.WINDOW_NANOS;
    private static final Kind A = new Kind("Relay", Level.WARN, "a {}", "");
    private static final Kind B = new Kind("Relay", Level.WARN, "b {}", "");

    private final FloodLimit limit = new FloodLimit();

    private static String text() {
        return "a line";
    }

    private int said(Kind kind, int lines, long nowNanos) {
        int said = 0;
        for (int i = 0; i < lines; i++) {
            said += limit.next(kind, FloodLimitTest::text, nowNanos).said() ? 1 : 0;
        }
        return said;
    }

    @Test
    void theFirstFewOfASecondAreSaid() {
        assertThat(said(A, 20, 0)).isEqualTo(20);
        assertThat(said(A, 4711, SECOND - 1)).isZero();
    }

    @Test
    void theNextSecondBeginsWithWhatWasNotSaid() {
        said(A, 20 + 4711, 0);

        assertThat(limit.next(A, () -> "later", SECOND)).isEqualTo(new Decision(true, new Unsaid(A, 4711, "a line")));
        assertThat(limit.next(A, () -> "later", SECOND)).isEqualTo(new Decision(true, null));
    }

    @Test
    void oneKindDoesNotSilenceAnother() {
        said(A, 1_000, 0);

        assertThat(said(B, 1, 0)).isEqualTo(1);
    }

    @Test
    void aLevelIsAKindOfItsOwn() {
        said(A, 1_000, 0);

        assertThat(said(new Kind(A.logger(), Level.ERROR, A.pattern(), ""), 1, 0))
                .isEqualTo(1);
    }

    @Test
    void whatALineIsAboutIsAKindOfItsOwn() {
        said(A, 1_000, 0);

        assertThat(said(new Kind(A.logger(), A.level(), A.pattern(), "replicas"), 1, 0))
                .isEqualTo(1);
    }

    @Test
    void debuggingMayTellMore() {
        assertThat(said(new Kind("ControlLoop", Level.DEBUG, "checked {}", ""), 1_000, 0))
                .isEqualTo(200);
    }

    @Test
    void aFloodIsToldWithoutALaterLine() {
        said(A, 25, 0);
        said(B, 3, 0);

        assertThat(limit.over(SECOND - 1)).isEmpty();
        assertThat(limit.over(SECOND)).containsExactly(new Unsaid(A, 5, "a line"));
        assertThat(limit.over(SECOND)).isEmpty();
    }

    @Test
    void memoryIsBoundedHoweverManyKindsThereAre() {
        int said = 0;
        for (int i = 0; i < 100_000; i++) {
            said += limit.next(new Kind("Relay", Level.WARN, "text " + i, ""), FloodLimitTest::text, 0)
                            .said()
                    ? 1
                    : 0;
        }

        assertThat(limit.kinds()).isLessThanOrEqualTo(FloodLimit.MAX_KINDS + 1);
        assertThat(said).isEqualTo(FloodLimit.MAX_KINDS + FloodLimit.MAX_LINES);
    }

    @Test
    void kindsThatAreOverMakeRoom() {
        for (int i = 0; i < 100_000; i++) {
            limit.next(new Kind("Relay", Level.WARN, "text " + i, ""), FloodLimitTest::text, 0);
        }
        limit.over(SECOND);

        assertThat(limit.kinds()).isZero();
        assertThat(said(A, 1, SECOND)).isEqualTo(1);
    }

    @Test
    void theFirstErrorIsSaidEvenWhenThereIsNoRoomForItsKind() {
        for (int i = 0; i < 100_000; i++) {
            limit.next(new Kind("Relay", Level.WARN, "text " + i, ""), FloodLimitTest::text, 0);
        }

        assertThat(said(new Kind("Relay", Level.ERROR, "new", ""), 1, 0)).isEqualTo(1);
    }

    @Test
    void noLineIsLostBetweenThreads() throws Exception {
        AtomicInteger said = new AtomicInteger();
        AtomicInteger told = new AtomicInteger();
        ExecutorService threads = Executors.newFixedThreadPool(4);
        List<Callable<Void>> tasks = new ArrayList<>();
        for (int thread = 0; thread < 4; thread++) {
            tasks.add(() -> {
                for (int i = 0; i < 50_000; i++) {
                    Decision decision = limit.next(A, FloodLimitTest::text, i * (SECOND / 1_000));
                    said.addAndGet(decision.said() ? 1 : 0);
                    told.addAndGet(
                            decision.before() == null ? 0 : decision.before().lines());
                }
                return null;
            });
        }
        for (var done : threads.invokeAll(tasks)) {
            done.get();
        }
        threads.shutdown();
        limit.over(Long.MAX_VALUE / 2).forEach(unsaid -> told.addAndGet(unsaid.lines()));

        assertThat(said.get() + told.get()).isEqualTo(200_000);
    }
}
