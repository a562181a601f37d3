package io.pgproxy.core;

import static io.pgproxy.core.OneLoop.PG1;
import static io.pgproxy.core.OneLoop.PG2;
import static io.pgproxy.core.OneLoop.sent;
import static io.pgproxy.core.OneLoop.sentText;
import static io.pgproxy.core.ProxyHeaders.concat;
import static io.pgproxy.core.ProxyHeaders.tlv;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.pgproxy.config.ListenerConfig.Balance;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** PROXY headers: from whom they are wanted, what they change, and what becomes of wrong ones. */
final class ProxyHeaderTest {
    private static final String BALANCER = "10.0.0.9";
    private static final byte[] STARTUP = Packets.startup("app");

    /** Clients of 192.0.2.0/24 may come in, by a balancer or straight. */
    private final OneLoop one = new Rules()
            .proxyProtocolFrom("10.0.0.0", 8)
            .allowFrom("192.0.2.0", 24)
            .oneLoop();

    /** The balancer itself is no client that may come in, unless its own address is meant to count. */
    private final OneLoop open = new Rules().proxyProtocolFrom("10.0.0.0", 8).oneLoop();

    ProxyHeaderTest() {
        one.publish(Tables.goTo(1, PG1));
        open.publish(Tables.goTo(1, PG1));
    }

    static Stream<byte[]> headersOf192_0_2_7() {
        return Stream.of(
                ProxyHeaders.v1From("192.0.2.7"),
                ProxyHeaders.v1("PROXY TCP6 ::ffff:192.0.2.7 ::1 50000 5432"),
                ProxyHeaders.v2From("192.0.2.7"),
                ProxyHeaders.v2(ProxyHeaders.TCP6, ProxyHeaders.addresses6("::ffff:c000:207")),
                ProxyHeaders.v2From("192.0.2.7", tlv(0x01, "postgresql".getBytes(StandardCharsets.US_ASCII))),
                ProxyHeaders.v2From("192.0.2.7", tlv(0xEE, new byte[300]), tlv(0x04, new byte[0])),
                ProxyHeaders.v2From("192.0.2.7", ProxyHeaders.ssl(tlv(0x21, new byte[7]), tlv(0x22, new byte[9]))),
                ProxyHeaders.v2From(
                        "192.0.2.7", ProxyHeaders.ssl(ProxyHeaders.ssl(ProxyHeaders.ssl(tlv(0x21, new byte[4]))))),
                // less than a TLV is left over
                ProxyHeaders.v2From("192.0.2.7", new byte[] {4, 0}));
    }

    @ParameterizedTest
    @MethodSource("headersOf192_0_2_7")
    void clientOfTheHeaderIsLetInAndTheHeaderIsNot(byte[] header) {
        one.receive(one.accept(BALANCER), concat(header, STARTUP));
        assertThat(sent(one.dialer.last().connects())).isEqualTo(STARTUP);
    }

    @ParameterizedTest
    @MethodSource("headersOf192_0_2_7")
    void headerMayComeByteByByte(byte[] header) {
        EmbeddedChannel client = one.accept(BALANCER);
        for (byte b : concat(header, STARTUP)) {
            one.receive(client, new byte[] {b});
        }
        assertThat(sent(one.dialer.last().connects())).isEqualTo(STARTUP);
    }

    @ParameterizedTest
    @MethodSource("headersOf192_0_2_7")
    void nothingOfAHeaderIsKept(byte[] header) {
        EmbeddedChannel client = one.accept(BALANCER);
        one.receive(client, concat(header, STARTUP));
        one.finish(client);
        assertThat(one.unreleasedBuffers()).isZero();
    }

    @Test
    void headerIsFoundInABufferThatDoesNotBeginAtZero() {
        EmbeddedChannel client = one.accept(BALANCER);
        ByteBuf bytes = Unpooled.wrappedBuffer(concat(new byte[] {1, 2, 3}, ProxyHeaders.v2From("192.0.2.7"), STARTUP));
        client.writeInbound(bytes.skipBytes(3));
        assertThat(sent(one.dialer.last().connects())).isEqualTo(STARTUP);
    }

    @Test
    void bytesBehindTheLengthArePayloadHoweverMuchTheyLookLikeMoreOfIt() {
        EmbeddedChannel client = open.accept(BALANCER);
        byte[] header = ProxyHeaders.v2From("192.0.2.7");
        open.receive(client, concat(header, tlv(0x04, new byte[8]), STARTUP));
        assertThat(sentText(client)).contains("C08P01\0", "this is not a PostgreSQL startup packet");
    }

    @Test
    void rulesGoByTheClientOfTheHeader() {
        EmbeddedChannel client = one.accept(BALANCER);
        one.receive(client, concat(ProxyHeaders.v1From("203.0.113.7"), STARTUP));
        assertThat(sentText(client)).contains("C08004\0", "connections from 203.0.113.7 are not allowed here");
        assertThat(one.ended(CloseReason.SOURCE_REFUSED)).isEqualTo(1);
    }

    @Test
    void limitsGoByTheClientOfTheHeader() {
        OneLoop limited = new Rules()
                .proxyProtocolFrom("10.0.0.0", 8)
                .maxSessionsPerSource(1)
                .oneLoop();
        limited.receive(limited.accept(BALANCER), concat(ProxyHeaders.v1From("192.0.2.7"), STARTUP));
        limited.receive(limited.accept(BALANCER), concat(ProxyHeaders.v1From("192.0.2.8"), STARTUP));
        assertThat(limited.admission.parked().used()).isEqualTo(2);
        EmbeddedChannel third = limited.accept(BALANCER);
        limited.receive(third, concat(ProxyHeaders.v1From("192.0.2.8"), STARTUP));
        assertThat(sentText(third)).contains("192.0.2.8 has 1 sessions here already");
    }

    @Test
    void rateGoesByTheClientOfTheHeader() {
        OneLoop paced = new Rules()
                .proxyProtocolFrom("10.0.0.0", 8)
                .connectsPerSource(1, 1)
                .oneLoop();
        for (int i = 0; i < 50; i++) { // a token may come back meanwhile, but not as many
            paced.receive(paced.accept(BALANCER), ProxyHeaders.v1From("192.0.2.7"));
        }
        assertThat(paced.ended(CloseReason.SOURCE_RATE_LIMIT)).isBetween(10, 49);
        EmbeddedChannel other = paced.accept(BALANCER);
        paced.receive(other, concat(ProxyHeaders.v1From("192.0.2.8"), STARTUP));
        assertThat(paced.admission.parked().used()).isEqualTo(1);
    }

    @Test
    void balanceGoesByTheClientOfTheHeader() {
        Settings bySource = new Settings().balance(Balance.SOURCE);
        OneLoop straight = new OneLoop(bySource);
        OneLoop behindTheBalancer = new OneLoop(
                bySource.rules(new Rules().proxyProtocolFrom("10.0.0.0", 8).config()));
        straight.publish(Tables.goTo(1, PG1, PG2));
        behindTheBalancer.publish(Tables.goTo(1, PG1, PG2));
        for (int i = 1; i <= 16; i++) {
            String source = "192.0.2." + i;
            straight.start(source);
            behindTheBalancer.receive(behindTheBalancer.accept(BALANCER), concat(ProxyHeaders.v1From(source), STARTUP));
        }
        assertThat(dialled(behindTheBalancer)).isEqualTo(dialled(straight)).contains(PG1.address(), PG2.address());
    }

    private static List<InetSocketAddress> dialled(OneLoop one) {
        return one.dialer.dials.stream().map(dial -> dial.address).toList();
    }

    @Test
    void logLinesGoByTheClientOfTheHeader() {
        try (LogLines lines = new LogLines(SessionEnd.class)) {
            EmbeddedChannel client = one.accept(BALANCER);
            one.receive(client, ProxyHeaders.v1From("192.0.2.7"));
            one.finish(client);
            assertThat(lines.all()).singleElement().asString().contains(" 192.0.2.7:50000 (PROXY) on no node ended");
        }
    }

    static Stream<byte[]> headersWithoutAClient() {
        return Stream.of(
                ProxyHeaders.v1("PROXY UNKNOWN"),
                ProxyHeaders.v1("PROXY UNKNOWN 192.0.2.7 10.0.0.1 50000 5432"),
                ProxyHeaders.local(),
                // the receiver must skip what a LOCAL header carries
                ProxyHeaders.v2(0x20, ProxyHeaders.TCP4, 12, ProxyHeaders.addresses4("192.0.2.7")),
                ProxyHeaders.v2(ProxyHeaders.UNSPEC, new byte[0]),
                ProxyHeaders.v2(ProxyHeaders.UNSPEC, tlv(0x04, new byte[9])),
                ProxyHeaders.v2(ProxyHeaders.UNIX, new byte[216]));
    }

    @ParameterizedTest
    @MethodSource("headersWithoutAClient")
    void connectionsOwnAddressCountsWhereTheHeaderHasNone(byte[] header) {
        try (LogLines lines = new LogLines(SessionEnd.class)) {
            EmbeddedChannel client = open.accept(BALANCER);
            open.receive(client, concat(header, STARTUP));
            assertThat(sent(open.dialer.last().connects())).isEqualTo(STARTUP);
            open.finish(client);
            assertThat(lines.all()).singleElement().asString().contains(" 10.0.0.9:40001 on no node ended");
        }
    }

    @ParameterizedTest
    @MethodSource("headersWithoutAClient")
    void connectionsOwnAddressIsJudgedByTheRulesThen(byte[] header) {
        EmbeddedChannel client = one.accept(BALANCER);
        one.receive(client, concat(header, STARTUP));
        assertThat(sentText(client)).contains("C08004\0", "connections from 10.0.0.9 are not allowed here");
    }

    // ---- wrong ones ----------------------------------------------------------------------------------------------

    static Stream<byte[]> wrongHeaders() {
        return Stream.of(
                ProxyHeaders.v1("PROXY TCP4 192.0.2.7"),
                ProxyHeaders.v1("PROXY TCP4 localhost 10.0.0.1 50000 5432"),
                ProxyHeaders.v1("PROXY TCP4 192.0.2.7 10.0.0.1 50000 65536"),
                ProxyHeaders.v1("PROXY TCP6 192.0.2.7 10.0.0.1 50000 5432"),
                ProxyHeaders.v1("PROXY TCP5 192.0.2.7 10.0.0.1 50000 5432"),
                ProxyHeaders.v1("PROXY UDP4 192.0.2.7 10.0.0.1 50000 5432"),
                ("PROXY TCP4 " + "1".repeat(150)).getBytes(StandardCharsets.US_ASCII),
                ProxyHeaders.v2(0x11, ProxyHeaders.TCP4, 12, ProxyHeaders.addresses4("192.0.2.7")),
                ProxyHeaders.v2(0x22, ProxyHeaders.TCP4, 12, ProxyHeaders.addresses4("192.0.2.7")),
                ProxyHeaders.v2(0x01, ProxyHeaders.TCP4, 12, ProxyHeaders.addresses4("192.0.2.7")),
                ProxyHeaders.v2(0x71, new byte[12]),
                ProxyHeaders.v2(ProxyHeaders.TCP4, new byte[11]),
                ProxyHeaders.v2(ProxyHeaders.TCP6, new byte[35]),
                ProxyHeaders.v2(ProxyHeaders.UNIX, new byte[215]),
                ProxyHeaders.v2From("192.0.2.7", new byte[5_000]),
                ProxyHeaders.v2From("192.0.2.7", tlv(0x04, 2_000, new byte[10])),
                ProxyHeaders.v2From("192.0.2.7", tlv(0x02, new byte[10]), tlv(0x20, 4, new byte[4])),
                ProxyHeaders.v2From("192.0.2.7", ProxyHeaders.ssl(tlv(0x21, new byte[9]), tlv(0x22, 99, new byte[9]))));
    }

    @ParameterizedTest
    @MethodSource("wrongHeaders")
    void wrongHeaderIsRefusedAtOnce(byte[] header) {
        open.receive(open.accept(BALANCER), concat(header, STARTUP));
        assertThat(open.ended(CloseReason.PROXY_HEADER_WRONG)).isEqualTo(1);
        assertThat(open.dialer.dials).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("wrongHeaders")
    void nothingOfAWrongHeaderIsKept(byte[] header) {
        EmbeddedChannel client = open.accept(BALANCER);
        open.receive(client, concat(header, STARTUP));
        open.advance(5_000);
        assertThat(open.unreleasedBuffers()).isZero();
        assertThat(client.isOpen()).isFalse();
    }

    @Test
    void missingHeaderIsNoticedWithTheFirstByte() {
        EmbeddedChannel client = open.accept(BALANCER);
        open.receive(client, Packets.sslRequest());
        open.receive(client, STARTUP);
        assertThat(sentText(client))
                .startsWith("NE")
                .contains("C08P01\0", "connections from 10.0.0.9 must begin with a PROXY header: there is none");
    }

    @Test
    void balancerThatSendsNoHeaderIsWorthALine() {
        try (LogLines lines = new LogLines(RefusalLog.class)) {
            open.receive(open.accept(BALANCER), STARTUP);
            assertThat(lines.all())
                    .containsExactly("WARN listener primary: 1 refused from 10.0.0.9, proxy_header_missing:"
                            + " connections from 10.0.0.9 must begin with a PROXY header: there is none");
        }
    }

    @Test
    void bytesThatOnlyBeganLikeAHeaderAreNoticedWithTheFirstThatDoesNot() {
        EmbeddedChannel client = open.accept(BALANCER);
        for (byte b : "PROXI".getBytes(StandardCharsets.US_ASCII)) {
            open.receive(client, new byte[] {b});
        }
        assertThat(open.ended(CloseReason.PROXY_HEADER_MISSING)).isEqualTo(1);
        assertThat(open.unreleasedBuffers()).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 11, 12, 13, 16, 27})
    void headerThatDoesNotEndIsRefusedAtTheOneDeadline(int length) {
        EmbeddedChannel client = open.accept(BALANCER);
        open.receive(client, Arrays.copyOf(ProxyHeaders.v2From("192.0.2.7"), length));
        open.advance(9_000);
        assertThat(open.ended(CloseReason.STARTUP_TIMEOUT)).isZero();
        open.advance(1_000);
        assertThat(open.ended(CloseReason.STARTUP_TIMEOUT)).isEqualTo(1);
        assertThat(open.unreleasedBuffers()).isZero();
    }

    @Test
    void headerDoesNotRenewTheDeadline() {
        EmbeddedChannel client = open.accept(BALANCER);
        open.advance(9_000);
        open.receive(client, ProxyHeaders.v2From("192.0.2.7"));
        open.advance(1_000);
        assertThat(open.ended(CloseReason.STARTUP_TIMEOUT)).isEqualTo(1);
    }

    @Test
    void secondHeaderIsRefused() {
        EmbeddedChannel client = open.accept(BALANCER);
        open.receive(client, concat(ProxyHeaders.v2From("192.0.2.7"), ProxyHeaders.v2From("192.0.2.8"), STARTUP));
        assertThat(sentText(client)).contains("C08P01\0", "no PROXY header is taken from this address");
    }

    // ---- from others ---------------------------------------------------------------------------------------------

    @ParameterizedTest
    @MethodSource("headersOf192_0_2_7")
    void headerFromElsewhereIsRefusedWithATextThatSaysSo(byte[] header) {
        EmbeddedChannel client = open.accept("192.0.2.66");
        open.receive(client, concat(header, STARTUP));
        assertThat(sentText(client)).contains("C08P01\0", "no PROXY header is taken from this address");
        assertThat(open.dialer.dials).isEmpty();
    }

    @Test
    void headersFromElsewhereAreWorthALine() {
        try (LogLines lines = new LogLines(RefusalLog.class)) {
            open.receive(open.accept("192.0.2.66"), ProxyHeaders.v2From("192.0.2.7"));
            assertThat(open.ended(CloseReason.PROXY_HEADER_REFUSED)).isEqualTo(1);
            assertThat(lines.all()).singleElement().asString().contains("from 192.0.2.66, proxy_header_refused: ");
        }
    }

    @Test
    void connectionFromElsewhereGoesOnAsUsual() {
        open.receive(open.accept("192.0.2.66"), STARTUP);
        assertThat(sent(open.dialer.last().connects())).isEqualTo(STARTUP);
    }

    @Test
    void listenerWithoutTheRuleTakesNoHeader() {
        OneLoop plain = new OneLoop();
        EmbeddedChannel client = plain.accept(BALANCER);
        plain.receive(client, concat(ProxyHeaders.v1From("192.0.2.7"), STARTUP));
        assertThat(sentText(client)).contains("no PROXY header is taken from this address");
    }
}
