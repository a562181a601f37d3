package io.pgproxy.core;

import static io.pgproxy.core.Eventually.eventually;
import static io.pgproxy.core.ProxyHeaders.concat;
import static io.pgproxy.core.ProxyHeaders.tlv;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.LeakPresenceDetector;
import io.pgproxy.config.SessionsConfig.Transport;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Rules with real sockets, on every transport: whose address is seen, and that nothing is left behind. */
@Timeout(30)
final class RulesOverSocketsTest {
    private static final byte[] STARTUP = Packets.startup("app");
    private static final byte[] NESTED = ProxyHeaders.v2From(
            "192.0.2.7", ProxyHeaders.ssl(tlv(0x21, new byte[7]), ProxyHeaders.ssl(tlv(0x22, new byte[9]))));

    private final Settings settings = new Settings();

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "AUTO")
    void headerAndStartupPacketMayComeInOneSegment(Transport transport) throws Exception {
        settings.transport = transport;
        settings.rules(new Rules()
                .proxyProtocolFrom("127.0.0.0", 8)
                .allowFrom("192.0.2.0", 24)
                .config());
        try (FakeBackend server = new FakeBackend();
                RunningProxy proxy = RunningProxy.with(settings).routeTo(server.address());
                Peer client = proxy.connect()) {
            client.send(concat(NESTED, STARTUP));
            Peer backend = server.next();
            assertThat(backend.read(STARTUP.length)).isEqualTo(STARTUP);
            backend.send(Packets.authenticationOk());
            client.read(Packets.authenticationOk().length);
            client.send("and on").finish();
            assertThat(new String(backend.readAll(), StandardCharsets.UTF_8)).isEqualTo("and on");
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "AUTO")
    void ipv4ClientOfAListenerForBothFamiliesIsJudgedAsOne(Transport transport) throws Exception {
        settings.transport = transport;
        settings.rules(new Rules().allowFrom("127.0.0.0", 8).config());
        try (FakeBackend server = new FakeBackend();
                RunningProxy proxy = RunningProxy.on("*", settings).routeTo(server.address());
                Peer v6 = Peer.connect("::1", proxy.port)) {
            proxy.establish(server);
            assertThat(text(v6.send(STARTUP).readAll())).contains("connections from 0:0:0:0:0:0:0:1 are not allowed");
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "AUTO")
    void rightAndWrongHeadersLeaveNothingBehind(Transport transport) throws Exception {
        settings.transport = transport;
        settings.answerTimeout = Duration.ofMillis(200); // the backend answers none of the cancels
        settings.rules(new Rules()
                .proxyProtocolFrom("127.0.0.0", 8)
                .maxSessionsPerSource(1)
                .config());
        try (FakeBackend server = new FakeBackend()) {
            RunningProxy proxy = RunningProxy.with(settings).routeTo(server.address());
            try (proxy) {
                List<Peer> parties = new ArrayList<>();
                for (int round = 0; round < 5; round++) {
                    parties.add(proxy.connect().send(concat(NESTED, STARTUP)));
                    parties.add(proxy.connect().send(concat(ProxyHeaders.v1From("192.0.2.8"), STARTUP)));
                    parties.add(proxy.connect().send(concat(ProxyHeaders.local(), Packets.cancel(1, 4))));
                    parties.add(proxy.connect().send(ProxyHeaders.v2From("192.0.2.7", tlv(4, 2_000, new byte[9]))));
                    parties.add(proxy.connect().send(ProxyHeaders.v2From("192.0.2.7", new byte[5_000])));
                    parties.add(proxy.connect().send(STARTUP));
                    proxy.connect().send(new byte[] {13, 10, 13}).reset();
                    proxy.connect().send(NESTED).close();
                }
                parties.forEach(Peer::close);
                eventually("nothing is counted", () -> isIdle(proxy.server.status()));
                assertThat(proxy.ended(CloseReason.INTERNAL_ERROR)).isZero();
                eventually("everybody who came has ended", () -> proxy.accepted() == proxy.endedForAnyReason());
            }
            eventually("no buffer is open", RulesOverSocketsTest::noBufferIsOpen);
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "AUTO")
    void silentConnectionsLockNobodyOut(Transport transport) throws Exception {
        settings.transport = transport;
        settings.maxStartups = 4;
        try (FakeBackend server = new FakeBackend();
                RunningProxy proxy = RunningProxy.with(settings).routeTo(server.address())) {
            List<Peer> silent = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                silent.add(proxy.connect());
            }
            assertThat(proxy.establish(server).client().socket.isConnected()).isTrue();
            eventually("all but a few are ended", () -> proxy.ended(CloseReason.STARTUP_LIMIT) >= 94);
            silent.forEach(Peer::close);
        }
    }

    private static boolean isIdle(ProxyStatus status) {
        return status.limits().stream().allMatch(limit -> limit.used() == 0);
    }

    private static boolean noBufferIsOpen() {
        try {
            LeakPresenceDetector.check();
            return true;
        } catch (IllegalStateException open) {
            return false;
        }
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
