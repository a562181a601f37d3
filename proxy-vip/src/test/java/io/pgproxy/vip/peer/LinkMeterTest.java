package io.pgproxy.vip.peer;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.pgproxy.vip.machine.Member;
import io.pgproxy.vip.peer.Decoded.Rejected;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class LinkMeterTest {
    private static final InetSocketAddress SOURCE = new InetSocketAddress("10.0.0.2", 7001);
    private static final Rejected FORGED = new Rejected(Rejection.FORGED, "");

    private final LinkMeter meter = new LinkMeter();
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();

    @BeforeEach
    void listenToTheLog() {
        log.start();
        ((Logger) LoggerFactory.getLogger(PeerLink.class)).setLevel(Level.DEBUG);
        ((Logger) LoggerFactory.getLogger(PeerLink.class)).addAppender(log);
    }

    @AfterEach
    void listenNoMore() {
        ((Logger) LoggerFactory.getLogger(PeerLink.class)).detachAppender(log);
        ((Logger) LoggerFactory.getLogger(PeerLink.class)).setLevel(null); // the root's again
    }

    @Test
    void saysAReasonOnceAMinuteAndHowOftenItCame() {
        meter.rejected(FORGED, SOURCE, 0);
        meter.rejected(FORGED, SOURCE, SECONDS.toNanos(1));
        meter.rejected(FORGED, SOURCE, SECONDS.toNanos(59));
        meter.rejected(FORGED, SOURCE, SECONDS.toNanos(60));

        assertThat(lines())
                .containsExactly(
                        "peer link: a datagram from 10.0.0.2:7001 is signed with none of our secrets",
                        "peer link: a datagram from 10.0.0.2:7001 is signed with none of our secrets;"
                                + " 2 more of the kind since the last such line");
        assertThat(meter.counts().rejected()).containsEntry(Rejection.FORGED, 4L);
    }

    @Test
    void saysEachReason() {
        meter.rejected(FORGED, SOURCE, 0);
        meter.rejected(new Rejected(Rejection.GROUP, "pair"), SOURCE, 0);

        assertThat(lines())
                .hasSize(2)
                .last()
                .isEqualTo("peer link: a datagram from 10.0.0.2:7001 is of another group: pair");
    }

    @Test
    void saysForEachPeerThatItCannotBeSentTo() {
        meter.unsent(new Member("a:1"), "no way", 0);
        meter.unsent(new Member("a:1"), "no way", 1);
        meter.unsent(new Member("b:1"), "no way", 1);

        assertThat(lines()).containsExactly("peer a:1: can't be sent to: no way", "peer b:1: can't be sent to: no way");
        assertThat(meter.counts().unsent()).isEqualTo(3);
    }

    @Test
    void saysOnceAMinuteThatReadingFailsAndThatWeMadeAMistake() {
        for (int i = 0; i < 100; i++) {
            meter.unread(new IOException("no buffer"), i);
            meter.mistake(new IllegalStateException("on purpose"), i);
        }

        assertThat(lines())
                .containsExactly(
                        "peer link: reading fails: java.io.IOException: no buffer",
                        "peer link: a mistake of ours; a datagram is lost");
    }

    /** A peer whose name has two addresses says everything twice. */
    @Test
    void warnsOfNothingThatIsUsual() {
        meter.rejected(new Rejected(Rejection.OLD, ""), SOURCE, 0);

        assertThat(log.list).extracting(ILoggingEvent::getLevel).containsExactly(Level.DEBUG);
        assertThat(meter.counts().rejected()).containsEntry(Rejection.OLD, 1L);
    }

    @Test
    void countsEveryReasonFromTheStart() {
        assertThat(meter.counts().rejected())
                .containsOnlyKeys(Rejection.values())
                .doesNotContainValue(1L);
    }

    private List<String> lines() {
        return log.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }
}
