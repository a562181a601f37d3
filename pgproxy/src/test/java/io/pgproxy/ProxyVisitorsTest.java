package io.pgproxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

/** Who comes by the address that moves, to a real proxy and a backend that lets everybody in. */
@Timeout(60)
class ProxyVisitorsTest {
    private static final InetAddress STAYS = InetAddress.getLoopbackAddress();
    private static final long AN_HOUR_NANOS = TimeUnit.HOURS.toNanos(1);

    private final Logger log = (Logger) LoggerFactory.getLogger(ProxyVisitors.class);
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private final FakePostgres postgres = new FakePostgres();
    private final Loopback loopback = new Loopback(new Loopback.NoEvents()).routeTo(postgres.port());
    private final ProxyVisitors visitors = new ProxyVisitors(loopback.proxy, List.of(Loopback.MOVES));
    private final CountDownLatch ended = new CountDownLatch(1);

    ProxyVisitorsTest() throws IOException {}

    @BeforeEach
    void bind() throws IOException {
        lines.start();
        log.addAppender(lines);
        loopback.proxy.bind();
    }

    @AfterEach
    void close() throws IOException {
        log.detachAppender(lines);
        loopback.close();
        postgres.close();
    }

    @Test
    void areLetInOnceTheyAreWelcome() throws Exception {
        assertThatThrownBy(() -> session(Loopback.MOVES)).isInstanceOf(SocketException.class);
        visitors.welcome();
        session(Loopback.MOVES).close();
    }

    @Test
    void areEndedAndThenItIsSaid() throws Exception {
        visitors.welcome();
        try (Socket visitor = session(Loopback.MOVES);
                Socket other = session(STAYS)) {
            visitors.end(0, ended::countDown);
            assertThat(ended.await(10, TimeUnit.SECONDS)).isTrue();
            assertThatThrownBy(() -> visitor.getInputStream().readAllBytes()).isInstanceOf(SocketException.class);
            other.getOutputStream().write('Q');
            assertThat(other.getInputStream().read()).isEqualTo('Q');
        }
    }

    /** The end that was called off is not said, not even when a later one is; and it is nobody's mistake. */
    @Test
    void whoAreWelcomeAgainBeforeTheirEndStay() throws Exception {
        CountDownLatch calledOff = new CountDownLatch(1);
        visitors.welcome();
        try (Socket visitor = session(Loopback.MOVES)) {
            visitors.end(AN_HOUR_NANOS, calledOff::countDown);
            visitors.welcome();
            visitor.getOutputStream().write('Q');
            assertThat(visitor.getInputStream().read()).isEqualTo('Q');
            visitors.end(0, ended::countDown);
            assertThat(ended.await(10, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(calledOff.getCount()).isEqualTo(1);
        assertThat(lines.list).isEmpty();
    }

    private Socket session(InetAddress by) throws IOException {
        Socket client = loopback.client(by);
        byte[] ready = client.getInputStream().readNBytes(FakePostgres.READY.length);
        assertThat(ready).isEqualTo(FakePostgres.READY);
        return client;
    }
}
