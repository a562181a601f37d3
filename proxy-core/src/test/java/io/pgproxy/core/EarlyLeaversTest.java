package io.pgproxy.core;

import static io.pgproxy.core.OneLoop.PG1;
import static io.pgproxy.core.OneLoop.sent;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import java.util.function.Consumer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Where there is one place only of everything, whoever leaves before a backend has answered leaves it to the next. */
final class EarlyLeaversTest {
    @SuppressWarnings("ImmutableEnumChecker") // they capture nothing
    private enum Moment {
        WHILE_PARKED(one -> {
            one.publish(Tables.nobody(1, "no primary"));
            one.finish(one.start("192.0.2.7"));
        }),
        WHILE_THE_CONNECT_HANGS(one -> {
            one.publish(Tables.goTo(1, PG1));
            one.finish(one.start("192.0.2.7"));
        }),
        WHILE_THE_BACKEND_IS_SILENT(one -> {
            one.publish(Tables.goTo(1, PG1));
            EmbeddedChannel client = one.start("192.0.2.7");
            one.dialer.last().connects();
            one.finish(client);
        });

        private final Consumer<OneLoop> story;

        Moment(Consumer<OneLoop> story) {
            this.story = story;
        }
    }

    @ParameterizedTest
    @EnumSource
    void nextOfTheSameSourceIsServed(Moment moment) {
        Settings settings = new Settings()
                .rules(new Rules()
                        .maxSessions(1)
                        .maxSessionsPerNode(1)
                        .maxSessionsPerSource(1)
                        .config());
        settings.maxSessions = 1;
        settings.maxParked = 1;
        OneLoop one = new OneLoop(settings);

        moment.story.accept(one);

        one.publish(Tables.goTo(2, PG1));
        EmbeddedChannel next = one.start("192.0.2.7");
        one.backendAnswers();
        assertThat(sent(next)).isEqualTo(Packets.authenticationOk());
    }
}
