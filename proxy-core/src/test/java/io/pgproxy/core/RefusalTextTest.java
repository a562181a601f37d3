package io.pgproxy.core;

import static io.pgproxy.core.OneLoop.PG1;
import static io.pgproxy.core.OneLoop.PG2;
import static io.pgproxy.core.OneLoop.sentText;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A client that no backend could be had for is told the cause of that, and no other one. */
final class RefusalTextTest {
    private static final String REFUSED = "Connection refused";
    private static final String HUNG_UP = "closed the connection";
    private static final String NO_PORT = "Cannot assign requested address";
    private static final Candidate PG3 = Tables.primary("pg3", new InetSocketAddress("192.0.2.3", 5432));

    private final Settings settings = new Settings();
    private OneLoop one;

    @BeforeEach
    void expireTheHoldBeforeAnyRetry() {
        settings.hold = Duration.ofMillis(50);
        one = new OneLoop(settings);
    }

    private EmbeddedChannel clientWith(Candidate... candidates) {
        one.publish(Tables.goTo(1, candidates));
        return one.start("192.0.2.7");
    }

    private void hangUp() {
        one.finish(one.dialer.last().connects());
    }

    @Test
    void expiredHoldNamesBothARefusedConnectAndAMissingPort() {
        EmbeddedChannel client = clientWith(PG1, PG2);
        one.dialer.last().isRefused();
        one.dialer.last().findsNoPort();
        one.advance(50);
        assertThat(sentText(client)).contains("C57P03\0", REFUSED, NO_PORT);
    }

    @Test
    void expiredHoldNamesBothARefusedConnectAndAHangUp() {
        EmbeddedChannel client = clientWith(PG1, PG2);
        hangUp();
        one.dialer.last().isRefused();
        one.advance(50);
        assertThat(sentText(client)).contains("C57P03\0", REFUSED, HUNG_UP);
    }

    @Test
    void hangUpUnderAnOlderTableIsNoCauseAnyMore() {
        EmbeddedChannel client = clientWith(PG1);
        hangUp();
        one.publish(Tables.goTo(2, PG2));
        one.dialer.last().isRefused();
        one.advance(50);
        assertThat(sentText(client)).contains("C57P03\0", REFUSED).doesNotContain(HUNG_UP);
    }

    @Test
    void missingPortIsNamedWhereItIsTheCauseThoughAConnectHasFailedSince() {
        EmbeddedChannel client = clientWith(PG1, PG2, PG3);
        Candidate withoutPort = Stream.of(PG1, PG2, PG3)
                .filter(candidate -> candidate.address().equals(one.dialer.last().address))
                .findFirst()
                .orElseThrow();
        one.dialer.last().findsNoPort();
        one.dialer.last().isRefused();
        one.publish(Tables.goTo(2, withoutPort));
        assertThat(sentText(client)).contains("C53300\0", NO_PORT).doesNotContain(REFUSED);
    }
}
