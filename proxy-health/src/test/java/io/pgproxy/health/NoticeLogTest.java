package io.pgproxy.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproxy.health.decide.Notice;
import io.pgproxy.health.decide.Notice.Level;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a reader gets to see of a flood, and when. */
class NoticeLogTest {
    private final LogLines lines = LogLines.of(NoticeLog.class);
    private final NoticeLog log = new NoticeLog();

    @AfterEach
    void stop() {
        lines.close();
    }

    private void flood(int changes) {
        for (int i = 0; i < changes; i++) {
            log.write(List.of(new Notice(Level.INFO, "node pg102", "change " + i)), 0);
        }
    }

    private static long seconds(int seconds) {
        return TimeUnit.SECONDS.toNanos(seconds);
    }

    @Test
    void aFloodIsCutOff() {
        flood(1000);
        assertThat(lines.texts()).hasSize(NoticeLog.MAX_LINES).endsWith("INFO change 9");
    }

    @Test
    void whatWasLeftOutIsSaidWhenTheFloodIsOver() {
        flood(1000);
        log.tick(seconds(9));
        assertThat(lines.texts()).hasSize(NoticeLog.MAX_LINES);
        log.tick(seconds(10));
        assertThat(lines.texts())
                .hasSize(NoticeLog.MAX_LINES + 2)
                .endsWith("WARN node pg102: 990 more changes were not logged", "INFO change 999");
    }

    @Test
    void whatSomebodyHasToActOnIsNeverCut() {
        flood(1000);
        for (int i = 0; i < 50; i++) {
            log.write(List.of(new Notice(Level.ERROR, "node pg102", "another cluster " + i)), 0);
        }
        assertThat(lines.texts()).hasSize(NoticeLog.MAX_LINES + 50).endsWith("ERROR another cluster 49");
    }

    @Test
    void whatWasLeftOutBeforeAnErrorIsNotWrittenAfterIt() {
        flood(1000);
        log.write(List.of(new Notice(Level.ERROR, "node pg102", "another cluster")), 0);
        log.tick(seconds(10));
        assertThat(lines.texts())
                .endsWith("ERROR another cluster", "WARN node pg102: 990 more changes were not logged");
    }

    @Test
    void itIsSaidOnce() {
        flood(1000);
        log.tick(seconds(10));
        log.tick(seconds(20));
        log.tick(seconds(30));
        assertThat(lines.texts()).hasSize(NoticeLog.MAX_LINES + 2);
    }

    @Test
    void anotherKindIsNotCutOffWithIt() {
        flood(1000);
        log.write(List.of(new Notice(Level.ERROR, "conflict", "two primaries")), 0);
        assertThat(lines.texts()).endsWith("ERROR two primaries");
    }

    @Test
    void fewChangesAreNothingToCount() {
        flood(NoticeLog.MAX_LINES);
        log.tick(seconds(10));
        assertThat(lines.texts()).hasSize(NoticeLog.MAX_LINES);
    }
}
