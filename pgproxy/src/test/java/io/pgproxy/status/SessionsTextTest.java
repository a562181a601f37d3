package io.pgproxy.status;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproxy.status.SessionsReport.Session;
import java.util.List;
import org.junit.jupiter.api.Test;

class SessionsTextTest {
    private static final Session DIRECT =
            new Session("192.0.2.7:50000", null, "primary", "pg102", 40_123, 3_900, 2_048, 512);
    private static final Session INTRODUCED =
            new Session("[2001:db8::7]:50001", "192.168.50.9:33000", "replicas", "pg103", 40_124, 61.5, 0, 3 << 20);
    private static final Session WAITING = new Session("192.0.2.8:50002", null, "primary", null, null, 0.5, 0, 0);

    @Test
    void showsNeatColumns() {
        assertThat(SessionsText.render(new SessionsReport(List.of(DIRECT, INTRODUCED, WAITING), 3, 0)))
                .isEqualTo(
                        """
                        CLIENT                                             LISTENER  NODE     BACKEND PORT    AGE  FROM CLIENT  FROM BACKEND
                        192.0.2.7:50000                                    primary   pg102           40123  1h 5m       2.0 kB         512 B
                        [2001:db8::7]:50001 (PROXY by 192.168.50.9:33000)  replicas  pg103           40124  1m 1s          0 B        3.0 MB
                        192.0.2.8:50002                                    primary   (waits)             -     0s          0 B           0 B
                        """);
    }

    @Test
    void saysThatThereAreMore() {
        assertThat(SessionsText.render(new SessionsReport(List.of(DIRECT), 20_000, 0)))
                .endsWith("\nThese are 1 of 20000; --limit shows more.\n");
    }

    @Test
    void jsonComesBackAsItWas() throws Exception {
        SessionsReport report = new SessionsReport(List.of(INTRODUCED, WAITING), 7, 1);

        assertThat(new StatusJson().readSessions(new StatusJson().write(report)))
                .isEqualTo(report);
    }
}
