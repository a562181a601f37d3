package io.pgproxy.health.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproxy.health.LogLines;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

class StoreLogTest {
    private final LogLines lines = LogLines.of(StoreLogTest.class);
    private long now;
    private final StoreLog log = new StoreLog(LoggerFactory.getLogger(StoreLogTest.class), "keys", () -> now);

    @AfterEach
    void stop() {
        lines.close();
    }

    private void flood() {
        for (int n = 0; n < 1_000; n++) {
            log.write(Level.WARN, "line {} " + n);
        }
    }

    @Test
    void writesTenLinesInTenSeconds() {
        flood();
        assertThat(lines.texts())
                .hasSize(StoreLog.MAX_LINES)
                .startsWith("WARN line {} 0")
                .endsWith("WARN line {} 9");
    }

    @Test
    void saysHowManyItLeftOutWhenTheFloodIsOver() {
        flood();
        now += StoreLog.WINDOW_NANOS;
        log.tick();
        assertThat(lines.texts()).endsWith("WARN etcd: 990 more lines about keys were not logged");
    }

    @Test
    void writesAgainAfterwards() {
        flood();
        now += StoreLog.WINDOW_NANOS;
        log.write(Level.INFO, "the next");
        assertThat(lines.texts()).endsWith("INFO the next");
    }
}
