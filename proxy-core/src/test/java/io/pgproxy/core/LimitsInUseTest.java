package io.pgproxy.core;

import static io.pgproxy.core.OneLoop.PG1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgproxy.core.ProxyStatus.Limit;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class LimitsInUseTest {
    private final Settings settings = new Settings();

    private LimitsInUse limits(OneLoop one, int ports) {
        return new LimitsInUse(one.admission, one.load, List.of(one.listener), ports);
    }

    @Test
    void everyLimitIsShownWithWhatIsUsedOfIt() {
        settings.rules(new Rules()
                .maxSessions(20)
                .maxSessionsPerNode(10)
                .maxSessionsPerSource(5)
                .config());
        OneLoop one = new OneLoop(settings);
        one.publish(Tables.goTo(1, PG1));
        one.start("192.0.2.7");
        one.start("192.0.2.7");
        one.start("192.0.2.8");
        one.accept("192.0.2.9");
        one.receive(one.accept("192.0.2.9"), Packets.cancel(1, 4));
        one.publish(Tables.nobody(2, "no primary"));
        assertThat(limits(one, 1_000).all())
                .containsExactly(
                        new Limit("sessions", 3, 100),
                        new Limit("startups", 1, 100),
                        new Limit("parked", 3, 100),
                        new Limit("cancels", 1, 100),
                        new Limit("descriptors", 9, 1_000),
                        new Limit("polite refusals", 0, 100),
                        new Limit("polite refusals of the fullest source", 0, 10),
                        new Limit("polite refusals after waiting", 0, 100),
                        new Limit("listener primary: sessions", 3, 20),
                        new Limit("listener primary: sessions on the fullest node", 0, 10),
                        new Limit("listener primary: sessions of the fullest source", 2, 5),
                        new Limit("ports to pg1", 0, 1_000),
                        new Limit("ports to pg2", 0, 1_000));
    }

    @Test
    void limitsOfWhatIsRememberedAndOfPolitenessAreShown() {
        settings.rules(new Rules().connectsPerSource(1, 1).config());
        OneLoop one = new OneLoop(settings);
        one.publish(Tables.nobody(1, "no primary"));
        one.start("192.0.2.7");
        one.advance(60_000);
        for (String source : List.of("192.0.2.8", "192.0.2.9", "192.0.2.9")) {
            one.receive(one.accept(source), new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9});
        }
        assertThat(limits(one, 1_000).all())
                .contains(
                        new Limit("polite refusals", 3, 100),
                        new Limit("polite refusals of the fullest source", 2, 10),
                        new Limit("polite refusals after waiting", 1, 100),
                        new Limit("listener primary: sources with a connect rate", 3, SourceRates.MAX_SOURCES));
    }

    @Test
    void listenerWithoutLimitsShowsNone() {
        assertThat(limits(new OneLoop(settings), 1_000).all())
                .extracting(Limit::name)
                .noneMatch(name -> name.startsWith("listener"));
    }

    @Test
    void portsThatRunShortAreWarnedAboutOnceAMinute() {
        OneLoop one = new OneLoop(settings);
        one.publish(Tables.goTo(1, PG1));
        for (int i = 0; i < 9; i++) {
            one.start("192.0.2.7");
        }
        LimitsInUse limits = limits(one, 10);
        try (LogLines lines = new LogLines(LimitsInUse.class)) {
            limits.warnOfPorts(0);
            limits.warnOfPorts(1);
            limits.warnOfPorts(MinuteCount.QUIET_NANOS);
            assertThat(lines.all())
                    .hasSize(2)
                    .allMatch(line -> line.startsWith("WARN 9 sessions to pg1 use nearly all of the 10 local ports"));
        }
    }

    @Test
    void portsToANodeThatNobodyNamedAreShownFromItsFirstSession() {
        OneLoop one = new OneLoop(settings);
        assertThat(limits(one, 10).all()).extracting(Limit::name).doesNotContain("ports to found");
        one.load.add("found");
        assertThat(limits(one, 10).all()).contains(new Limit("ports to found", 1, 10));
    }

    @Test
    void enoughPortsAreNotWorthALine() {
        OneLoop one = new OneLoop(settings);
        one.publish(Tables.goTo(1, PG1));
        one.start("192.0.2.7");
        try (LogLines lines = new LogLines(LimitsInUse.class)) {
            limits(one, 10).warnOfPorts(0);
            assertThat(lines.all()).isEmpty();
        }
    }

    @Test
    void portsAreCountedWithBothEndsOfTheRange() {
        assertThat(EphemeralPorts.count("32768\t60999\n")).isEqualTo(28_232);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1", "1 2 3", "a b"})
    void otherTextIsNoRange(String text) {
        assertThatThrownBy(() -> EphemeralPorts.count(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void machinesOwnRangeCanBeRead() {
        assertThat(EphemeralPorts.count()).isPositive();
    }
}
