package io.pgproxy.core;

import static io.pgproxy.core.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgproxy.config.SessionsConfig.Transport;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Two real sockets with the proxy between them, on every transport. */
@Timeout(30)
final class RelayTest {
    private final Settings settings = new Settings();

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "AUTO")
    void relaysEveryByteBothWays(Transport transport) throws Exception {
        settings.transport = transport;
        try (FakeBackend server = new FakeBackend();
                RunningProxy proxy = RunningProxy.with(settings).routeTo(server.address())) {
            RunningProxy.Pair pair = proxy.establish(server);
            byte[] up = randomBytes(1, 8 << 20);
            byte[] down = randomBytes(2, 8 << 20);
            var sentUp = sendInChunks(pair.client(), up, 3);
            var sentDown = sendInChunks(pair.backend(), down, 4);
            var receivedDown = readAsync(pair.client(), down.length);
            byte[] receivedUp = pair.backend().read(up.length);
            sentUp.get(10, TimeUnit.SECONDS);
            sentDown.get(10, TimeUnit.SECONDS);
            assertThat(Arrays.equals(receivedUp, up)).isTrue();
            assertThat(Arrays.equals(receivedDown.get(10, TimeUnit.SECONDS), down))
                    .isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "AUTO")
    void clientThatDoesNotReadStallsItsBackendAndLosesNothing(Transport transport) throws Exception {
        settings.transport = transport;
        try (FakeBackend server = new FakeBackend();
                RunningProxy proxy = RunningProxy.with(settings).routeTo(server.address())) {
            RunningProxy.Pair pair = proxy.establish(server);
            byte[] down = randomBytes(5, 64 << 20);
            AtomicLong sent = new AtomicLong();
            var sender = sendCounting(pair.backend(), down, sent);
            awaitStall(sent);
            // What is under way is in the kernel's buffers, a few MB each, and two water marks of ours.
            assertThat(sent.get()).isLessThan(32L << 20);
            byte[] received = pair.client().read(down.length);
            sender.get(10, TimeUnit.SECONDS);
            assertThat(Arrays.equals(received, down)).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "AUTO")
    void backendThatDoesNotReadStallsItsClientAndLosesNothing(Transport transport) throws Exception {
        settings.transport = transport;
        try (FakeBackend server = new FakeBackend();
                RunningProxy proxy = RunningProxy.with(settings).routeTo(server.address())) {
            RunningProxy.Pair pair = proxy.establish(server);
            byte[] up = randomBytes(6, 64 << 20);
            AtomicLong sent = new AtomicLong();
            var sender = sendCounting(pair.client(), up, sent);
            awaitStall(sent);
            assertThat(sent.get()).isLessThan(32L << 20);
            byte[] received = pair.backend().read(up.length);
            sender.get(10, TimeUnit.SECONDS);
            assertThat(Arrays.equals(received, up)).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "AUTO")
    void clientThatFinishedStillReceives(Transport transport) throws Exception {
        settings.transport = transport;
        try (FakeBackend server = new FakeBackend();
                RunningProxy proxy = RunningProxy.with(settings).routeTo(server.address())) {
            RunningProxy.Pair pair = proxy.establish(server);
            pair.client().send("last words").finish();
            assertThat(new String(pair.backend().readAll(), java.nio.charset.StandardCharsets.UTF_8))
                    .isEqualTo("last words");
            byte[] down = randomBytes(7, 4 << 20);
            var sender = sendInChunks(pair.backend(), down, 8);
            byte[] received = pair.client().read(down.length);
            sender.get(10, TimeUnit.SECONDS);
            assertThat(Arrays.equals(received, down)).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "AUTO")
    void backendThatFinishedStillReceives(Transport transport) throws Exception {
        settings.transport = transport;
        try (FakeBackend server = new FakeBackend();
                RunningProxy proxy = RunningProxy.with(settings).routeTo(server.address())) {
            RunningProxy.Pair pair = proxy.establish(server);
            pair.backend().send("last words").finish();
            assertThat(new String(pair.client().readAll(), java.nio.charset.StandardCharsets.UTF_8))
                    .isEqualTo("last words");
            byte[] up = randomBytes(9, 4 << 20);
            var sender = sendInChunks(pair.client(), up, 10);
            byte[] received = pair.backend().read(up.length);
            sender.get(10, TimeUnit.SECONDS);
            assertThat(Arrays.equals(received, up)).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "AUTO")
    void everythingSentBeforeTheEndArrivesAtASlowReader(Transport transport) throws Exception {
        settings.transport = transport;
        try (FakeBackend server = new FakeBackend();
                RunningProxy proxy = RunningProxy.with(settings).routeTo(server.address())) {
            RunningProxy.Pair pair = proxy.establish(server);
            byte[] down = randomBytes(11, 24 << 20);
            AtomicLong sent = new AtomicLong();
            pair.client().finish();
            assertThat(pair.backend().readEnd()).isEqualTo("end of stream");
            var sender = sendCounting(pair.backend(), down, sent);
            awaitStall(sent);
            var received = readAsync(pair.client(), down.length);
            sender.get(10, TimeUnit.SECONDS);
            pair.backend().close();
            assertThat(Arrays.equals(received.get(10, TimeUnit.SECONDS), down)).isTrue();
            assertThat(pair.client().readEnd()).isEqualTo("end of stream");
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "AUTO")
    void endOfBothSidesEndsTheSession(Transport transport) throws Exception {
        settings.transport = transport;
        try (FakeBackend server = new FakeBackend();
                RunningProxy proxy = RunningProxy.with(settings).routeTo(server.address())) {
            RunningProxy.Pair pair = proxy.establish(server);
            pair.client().finish();
            assertThat(pair.backend().readEnd()).isEqualTo("end of stream");
            pair.backend().close();
            assertThat(pair.client().readEnd()).isEqualTo("end of stream");
            proxy.awaitEnded(CloseReason.CLIENT_CLOSED);
            eventually("nothing is open", () -> proxy.open() == 0);
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "AUTO")
    void resetByTheClientEndsTheBackendsConnection(Transport transport) throws Exception {
        settings.transport = transport;
        try (FakeBackend server = new FakeBackend();
                RunningProxy proxy = RunningProxy.with(settings).routeTo(server.address())) {
            RunningProxy.Pair pair = proxy.establish(server);
            pair.client().reset();
            assertThat(pair.backend().readEnd()).isIn("end of stream", "reset");
            proxy.awaitEnded(CloseReason.CLIENT_RESET);
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "AUTO")
    void resetByTheBackendEndsTheClientsConnection(Transport transport) throws Exception {
        settings.transport = transport;
        try (FakeBackend server = new FakeBackend();
                RunningProxy proxy = RunningProxy.with(settings).routeTo(server.address())) {
            RunningProxy.Pair pair = proxy.establish(server);
            pair.backend().reset();
            assertThat(pair.client().readEnd()).isIn("end of stream", "reset");
            proxy.awaitEnded(CloseReason.BACKEND_RESET);
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "AUTO")
    void resetByTheBackendOfAClientThatFinishedIsTheClientsEnd(Transport transport) throws Exception {
        settings.transport = transport;
        try (FakeBackend server = new FakeBackend();
                RunningProxy proxy = RunningProxy.with(settings).routeTo(server.address())) {
            RunningProxy.Pair pair = proxy.establish(server);
            pair.client().send("goodbye").finish();
            pair.backend().readAll();
            pair.backend().reset();
            proxy.awaitEnded(CloseReason.CLIENT_CLOSED);
            eventually("nothing is open", () -> proxy.open() == 0);
            assertThat(proxy.backendCloses).hasValue(0);
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "AUTO")
    void tellsOnceThatABackendReset(Transport transport) throws Exception {
        settings.transport = transport;
        try (FakeBackend server = new FakeBackend();
                RunningProxy proxy = RunningProxy.with(settings).routeTo(server.address())) {
            RunningProxy.Pair pair = proxy.establish(server);
            pair.backend().reset();
            proxy.awaitEnded(CloseReason.BACKEND_RESET);
            eventually("nothing is open", () -> proxy.open() == 0);
            assertThat(proxy.backendCloses).hasValue(1);
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "AUTO")
    void halfClosedSessionThatFallsSilentEnds(Transport transport) throws Exception {
        settings.transport = transport;
        settings.halfCloseTimeout = Duration.ofMillis(100);
        try (FakeBackend server = new FakeBackend();
                RunningProxy proxy = RunningProxy.with(settings).routeTo(server.address())) {
            RunningProxy.Pair pair = proxy.establish(server);
            pair.client().finish();
            assertThat(pair.backend().readEnd()).isEqualTo("end of stream");
            assertThat(pair.client().readEnd()).isEqualTo("end of stream");
            proxy.awaitEnded(CloseReason.HALF_CLOSE_TIMEOUT);
        }
    }

    private static byte[] randomBytes(long seed, int length) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    private static CompletableFuture<Void> sendInChunks(Peer peer, byte[] bytes, long seed) {
        return CompletableFuture.runAsync(() -> {
            Random random = new Random(seed);
            try {
                for (int at = 0; at < bytes.length; ) {
                    int length = Math.min(bytes.length - at, 1 + random.nextInt(100_000));
                    peer.socket.getOutputStream().write(bytes, at, length);
                    at += length;
                }
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
    }

    private static CompletableFuture<Void> sendCounting(Peer peer, byte[] bytes, AtomicLong sent) {
        return CompletableFuture.runAsync(() -> {
            try {
                for (int at = 0; at < bytes.length; ) {
                    int length = Math.min(bytes.length - at, 64 * 1024);
                    peer.socket.getOutputStream().write(bytes, at, length);
                    at += length;
                    sent.addAndGet(length);
                }
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
    }

    /** Returns when the sender has made no progress for a while. */
    private static void awaitStall(AtomicLong sent) {
        long[] last = {0, System.nanoTime()};
        eventually("the sender stalls", () -> {
            if (sent.get() != last[0]) {
                last[0] = sent.get();
                last[1] = System.nanoTime();
            }
            return last[0] > 0 && System.nanoTime() - last[1] > TimeUnit.MILLISECONDS.toNanos(200);
        });
    }

    private static CompletableFuture<byte[]> readAsync(Peer peer, int length) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return peer.read(length);
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
    }
}
