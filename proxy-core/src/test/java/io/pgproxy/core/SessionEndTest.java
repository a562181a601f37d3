package io.pgproxy.core;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** One line for each end, in one form, as loud as its reason. */
final class SessionEndTest {
    private final LogLines lines = new LogLines(SessionEnd.class);
    private final OneLoop one = new OneLoop();

    @AfterEach
    void close() {
        lines.close();
    }

    @Test
    void openingsEndIsToldWithItsClient() {
        one.finish(one.accept("192.0.2.7"));
        assertThat(lines.all())
                .singleElement()
                .asString()
                .startsWith("DEBUG listener primary: 192.0.2.7:40001 on no node ended after ")
                .endsWith(" ms, 0 bytes in, 0 out: client_left");
    }

    @Test
    void relaysEndIsToldWithItsNodeAndBytes() {
        one.publish(Tables.goTo(1, OneLoop.PG1));
        var client = one.start("192.0.2.7");
        one.backendAnswers();
        one.receive(client, new byte[5]);
        client.close();
        assertThat(lines.all())
                .singleElement()
                .asString()
                .startsWith("DEBUG listener primary: 192.0.2.7:40001 on pg1 ended after ")
                .endsWith(" ms, 5 bytes in, 9 out: client_reset");
    }

    @Test
    void brokenBackendIsLouder() {
        one.publish(Tables.goTo(1, OneLoop.PG1));
        one.start("192.0.2.7");
        one.backendAnswers().close();
        assertThat(lines.all()).singleElement().asString().startsWith("INFO ").endsWith("backend_reset");
    }

    @Test
    void refusalIsToldWithWhatTheClientWasTold() {
        one.receive(one.accept("192.0.2.7"), new byte[] {'G'});
        assertThat(lines.all())
                .singleElement()
                .asString()
                .endsWith("protocol_violation, this is not a PostgreSQL startup packet");
    }

    @Test
    void sweepIsOneLineForAllThatItEnds() {
        try (LogLines sweeps = new LogLines(RelayLoop.class)) {
            one.publish(Tables.goTo(1, OneLoop.PG1));
            for (int i = 0; i < 20; i++) {
                one.start("192.0.2.7");
                one.backendAnswers();
            }
            one.publish(Tables.roleLost(2, Settings.PG1));
            assertThat(sweeps.all()).containsExactly("INFO ended 20 sessions on pg1: role replica (was primary)");
            assertThat(lines.all()).hasSize(20).allMatch(line -> line.startsWith("DEBUG "));
        }
    }
}
