package io.pgproxy.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class RefusalLogTest {
    private static final long MINUTE = MinuteCount.QUIET_NANOS;

    private final LogLines lines = new LogLines(RefusalLog.class);
    private final RefusalLog log = new RefusalLog("primary");

    @AfterEach
    void close() {
        lines.close();
    }

    private static Client client(int number) {
        return Client.of(new InetSocketAddress(Rules.ip("10.0." + number / 250 + "." + number % 250), 5));
    }

    private void refuse(CloseReason reason, int clients, long now) {
        for (int i = 0; i < clients; i++) {
            log.ended(reason, "too many", client(i), now);
        }
    }

    @Test
    void aThousandRefusalsAreOneLineAndThenTheSum() {
        refuse(CloseReason.SESSION_LIMIT, 1_000, 0);
        log.flush(MINUTE);
        assertThat(lines.all())
                .containsExactly(
                        "WARN listener primary: 1 refused, session_limit: too many",
                        "WARN listener primary: 999 refused, session_limit: too many");
    }

    @Test
    void sourcesAreCountedAndOneIsNamed() {
        log.ended(CloseReason.SOURCE_RATE_LIMIT, "too often", client(0), 0);
        refuse(CloseReason.SOURCE_RATE_LIMIT, 3, 1);
        refuse(CloseReason.SOURCE_RATE_LIMIT, 3, 2);
        log.flush(MINUTE);
        assertThat(lines.all())
                .containsExactly(
                        "WARN listener primary: 1 refused from 10.0.0.0, source_rate_limit: too often",
                        "WARN listener primary: 6 refused from 3 sources such as 10.0.0.0, source_rate_limit: too many");
    }

    @Test
    void textIsThatOfTheSourceWhichIsNamed() {
        log.ended(CloseReason.SOURCE_SESSION_LIMIT, "first line", client(0), 0);
        log.ended(CloseReason.SOURCE_SESSION_LIMIT, "10.0.0.1 has 5", client(1), 1);
        log.ended(CloseReason.SOURCE_SESSION_LIMIT, "10.0.0.2 has 5", client(2), 2);
        log.flush(MINUTE);
        assertThat(lines.all().get(1))
                .endsWith("2 refused from 2 sources such as 10.0.0.1, source_session_limit: 10.0.0.1 has 5");
    }

    @Test
    void moreThanAThousandSourcesAreNotToldApart() {
        log.ended(CloseReason.SOURCE_REFUSED, "no", client(0), 0);
        refuse(CloseReason.SOURCE_REFUSED, 5_000, 1);
        log.flush(MINUTE);
        assertThat(lines.all().get(1)).contains("5000 refused from 1000 or more sources such as 10.0.0.0");
    }

    @Test
    void reasonsDoNotSilenceEachOther() {
        refuse(CloseReason.SESSION_LIMIT, 1, 0);
        refuse(CloseReason.PARKED_LIMIT, 1, 0);
        assertThat(lines.all()).hasSize(2);
    }

    @Test
    void endsThatNobodyCanMendAreNoneOfItsBusiness() {
        refuse(CloseReason.CLIENT_CLOSED, 1, 0);
        assertThat(lines.all()).isEqualTo(List.of());
    }
}
