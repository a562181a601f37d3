package io.pgproxy.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.pgproxy.config.RulesConfig.ConnectRate;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class SourceRatesTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final SourceRates rates =
            new SourceRates(new ConnectRate(1, 1), Overflow.ofSourceRates("primary", registry));

    private static Source source(long number) {
        return new Source(true, number);
    }

    @Test
    void oneSourceDoesNotUseUpAnothersTokens() {
        rates.mayConnect(source(1), 0);
        assertThat(rates.mayConnect(source(1), 0)).isFalse();
        assertThat(rates.mayConnect(source(2), 0)).isTrue();
    }

    @Test
    void remembersNoMoreSourcesThanItsLimit() {
        for (int i = 0; i < 2 * SourceRates.MAX_SOURCES; i++) {
            rates.mayConnect(source(i), 0);
        }
        assertThat(rates.remembered()).isEqualTo(SourceRates.MAX_SOURCES);
    }

    @Test
    void thoseThatAreForgottenForOthersAreCountedAndToldOnce() {
        try (LogLines lines = new LogLines(Overflow.class)) {
            for (int i = 0; i < SourceRates.MAX_SOURCES + 5; i++) {
                rates.mayConnect(source(i), 0);
            }
            assertThat(registry.get("pgproxy.listener.sources.forgotten")
                            .counter()
                            .count())
                    .isEqualTo(5);
            assertThat(lines.all()).singleElement().asString().startsWith("WARN listener primary: 1 sources ");
        }
    }

    @Test
    void thoseThatAreFullAgainAreNotMissed() {
        for (int i = 0; i < 2 * SourceRates.MAX_SOURCES; i++) {
            rates.mayConnect(source(i), i * SECOND);
        }
        assertThat(registry.get("pgproxy.listener.sources.forgotten").counter().count())
                .isZero();
    }

    @Test
    void forgetsWhoHasBeenQuietForTheLongest() {
        for (int i = 0; i < SourceRates.MAX_SOURCES; i++) {
            rates.mayConnect(source(i), 0);
        }
        rates.mayConnect(source(0), 0); // who is busy is remembered, refused or not
        rates.mayConnect(source(-1), 0);
        assertThat(rates.mayConnect(source(0), 0)).isFalse();
        assertThat(rates.mayConnect(source(1), 0)).isTrue();
    }

    @Test
    void forgetsWhoCouldConnectAnewAnyway() {
        for (int i = 0; i < 1_000; i++) {
            rates.mayConnect(source(i), 0);
        }
        for (int i = 0; i < 1_000; i++) {
            rates.mayConnect(source(7), SECOND + i);
        }
        assertThat(rates.remembered()).isEqualTo(1);
    }
}
