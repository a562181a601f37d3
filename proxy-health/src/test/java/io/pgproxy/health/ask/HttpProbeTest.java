package io.pgproxy.health.ask;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.pgproxy.config.NodeConfig;
import io.pgproxy.health.decide.PatroniRole;
import io.pgproxy.health.decide.ProbeOutcome;
import io.pgproxy.health.decide.ProbeOutcome.Kind;
import java.io.IOException;
import java.net.InetAddress;
import java.net.NoRouteToHostException;
import java.net.ServerSocket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every way in which a server can let us down, over real sockets. */
@Timeout(30)
class HttpProbeTest {
    private static final String BODY = "{\"state\": \"running\", \"role\": \"primary\", \"timeline\": 5}";
    private static final Duration SHORT = Duration.ofMillis(300);

    private final MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());

    @AfterEach
    void stop() {
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }

    private ProbeOutcome ask(int port, Duration timeout) {
        HttpProbe probe = new HttpProbe(group.next(), timeout, Optional.empty());
        return probe.ask(node(port), InetAddress.getLoopbackAddress())
                .toCompletableFuture()
                .join();
    }

    private ProbeOutcome ask(RawServer server) {
        return ask(server.port(), Duration.ofSeconds(10));
    }

    private static NodeConfig node(int port) {
        return node("localhost", port);
    }

    private static NodeConfig node(String host, int port) {
        return new NodeConfig("pg102", host, 5432, port, NodeConfig.Scheme.HTTP, 100);
    }

    @Test
    void anAnswerAsPatroniGivesItIsUnderstood() throws IOException {
        try (RawServer server = RawServer.saying(
                "HTTP/1.0 200 OK\r\nServer: BaseHTTP/0.6\r\nContent-Type: application/json\r\n\r\n" + BODY)) {
            ProbeOutcome outcome = ask(server);
            assertThat(outcome.answer().orElseThrow().role()).isEqualTo(PatroniRole.PRIMARY);
        }
    }

    @Test
    void anAnswerWithALengthIsNotWaitedForLongerThanThat() throws IOException {
        CountDownLatch never = new CountDownLatch(1);
        try (RawServer server = new RawServer(client -> {
            RawServer.write(client, "HTTP/1.1 503 No\r\nContent-Length: " + BODY.length() + "\r\n\r\n" + BODY);
            never.await();
        })) {
            assertThat(ask(server).answer().orElseThrow().status()).isEqualTo(503);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"content-length", "CONTENT-LENGTH", "cOnTeNt-LeNgTh"})
    void headerNamesInAnyCaseAreUnderstood(String name) throws IOException {
        CountDownLatch never = new CountDownLatch(1);
        try (RawServer server = new RawServer(client -> {
            RawServer.write(client, "HTTP/1.0 200 OK\r\n" + name + ": " + BODY.length() + "\r\n\r\n" + BODY);
            never.await();
        })) {
            assertThat(ask(server).kind()).isEqualTo(Kind.ANSWERED);
        }
    }

    @ParameterizedTest
    @CsvSource({"pg102.test, pg102.test", "192.0.2.2, 192.0.2.2", "2001:db8::2, [2001:db8::2]"})
    void asksForPrimaryAndForNothingElse(String host, String inHeader) throws Exception {
        CompletableFuture<String> rest = new CompletableFuture<>();
        try (RawServer server = new RawServer(client -> {
            RawServer.write(client, "HTTP/1.1 200 OK\r\nContent-Length: " + BODY.length() + "\r\n\r\n" + BODY);
            rest.complete(RawServer.readToEnd(client));
        })) {
            HttpProbe probe = new HttpProbe(group.next(), Duration.ofSeconds(10), Optional.empty());
            probe.ask(node(host, server.port()), InetAddress.getLoopbackAddress());
            String all = rest.get(10, TimeUnit.SECONDS);
            assertThat(server.request() + all)
                    .isEqualTo("GET /primary HTTP/1.0\r\n"
                            + "host: " + inHeader + ":" + server.port() + "\r\n"
                            + "user-agent: pgproxy\r\n"
                            + "connection: close\r\n\r\n");
        }
    }

    static Stream<IOException> waysOfTheKernelToSayUnreachable() {
        return Stream.of(
                new NoRouteToHostException("No route to host"), // EHOSTUNREACH
                new SocketException("Network is unreachable")); // ENETUNREACH
    }

    @ParameterizedTest
    @MethodSource("waysOfTheKernelToSayUnreachable")
    void anUnreachableNodeIsNamedAsSuchAndNotOurFault(IOException failure) {
        HttpProbe probe = new HttpProbe(group.next(), Duration.ofSeconds(10), Optional.empty(), () -> unable(failure));
        ProbeOutcome outcome = probe.ask(node(8008), InetAddress.getLoopbackAddress())
                .toCompletableFuture()
                .join();
        assertThat(outcome.kind()).isEqualTo(Kind.NO_CONNECTION);
        assertThat(outcome.detail()).contains(failure.getMessage());
    }

    private static Channel unable(IOException failure) {
        return new NioSocketChannel() {
            @Override
            protected boolean doConnect(SocketAddress remote, SocketAddress local) throws IOException {
                throw failure;
            }
        };
    }

    @Test
    void aClosedPortIsARefusal() throws IOException {
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        ProbeOutcome outcome = ask(port, Duration.ofSeconds(10));
        assertThat(outcome.kind()).isEqualTo(Kind.NO_CONNECTION);
        assertThat(outcome.detail()).contains("refused");
    }

    @Test
    void aServerThatAnswersNothingIsGivenUpOnAfterTheTimeout() throws IOException {
        CountDownLatch never = new CountDownLatch(1);
        try (RawServer server = new RawServer(client -> never.await())) {
            ProbeOutcome outcome = ask(server.port(), SHORT);
            assertThat(outcome.kind()).isEqualTo(Kind.TIMED_OUT);
            assertThat(outcome.detail()).isEqualTo("no answer within 300 ms");
        }
    }

    @Test
    void aSlowDripDoesNotExtendTheDeadline() throws IOException {
        CountDownLatch never = new CountDownLatch(1);
        try (RawServer server = new RawServer(client -> {
            RawServer.write(client, "HTTP/1.0 200 OK\r\n\r\n");
            while (!never.await(20, TimeUnit.MILLISECONDS)) {
                RawServer.write(client, " ");
            }
        })) {
            long start = System.nanoTime();
            assertThat(ask(server.port(), SHORT).kind()).isEqualTo(Kind.TIMED_OUT);
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
        }
    }

    @Test
    void bytesThatAreNotHttpAreGarbage() throws IOException {
        try (RawServer server = RawServer.saying("SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n\r\n")) {
            assertThat(ask(server).kind()).isEqualTo(Kind.GARBAGE);
        }
    }

    @Test
    void anEndlessHeaderIsGarbage() throws IOException {
        try (RawServer server = RawServer.saying("HTTP/1.0 200 OK\r\nX: " + "x".repeat(100_000) + "\r\n\r\n")) {
            assertThat(ask(server).kind()).isEqualTo(Kind.GARBAGE);
        }
    }

    @Test
    void aYesWithBrokenJsonIsGarbage() throws IOException {
        try (RawServer server = RawServer.saying("HTTP/1.0 200 OK\r\n\r\n{\"role\": \"prim")) {
            assertThat(ask(server).kind()).isEqualTo(Kind.GARBAGE);
        }
    }

    @Test
    void aBodyShorterThanAnnouncedIsNoAnswer() throws IOException {
        try (RawServer server = RawServer.saying("HTTP/1.0 200 OK\r\nContent-Length: 5000\r\n\r\n" + BODY)) {
            assertThat(ask(server).kind()).isEqualTo(Kind.NO_CONNECTION);
        }
    }

    @Test
    void aConnectionClosedAtOnceIsNoAnswer() throws IOException {
        try (RawServer server = RawServer.saying("")) {
            assertThat(ask(server).kind()).isEqualTo(Kind.NO_CONNECTION);
        }
    }

    @Test
    void oneHundredMegabytesAreCutOffEarly() throws IOException {
        String megabyte = "x".repeat(1_000_000);
        CountDownLatch sentAll = new CountDownLatch(100);
        try (RawServer server = new RawServer(client -> {
            RawServer.write(client, "HTTP/1.0 200 OK\r\n\r\n");
            for (int i = 0; i < 100; i++) {
                RawServer.write(client, megabyte);
                sentAll.countDown();
            }
        })) {
            assertThat(ask(server).kind()).isEqualTo(Kind.GARBAGE);
            // What has been sent is in the kernel's buffers: we have not taken it.
            assertThat(sentAll.getCount()).isGreaterThan(50);
        }
    }

    @Test
    void theConnectionIsClosedPromptlyWhenTheAnswerIsComplete() throws Exception {
        CountDownLatch closed = new CountDownLatch(1);
        try (RawServer server = new RawServer(client -> {
            RawServer.write(client, "HTTP/1.1 200 OK\r\nContent-Length: " + BODY.length() + "\r\n\r\n" + BODY);
            RawServer.readToEnd(client);
            closed.countDown();
        })) {
            ask(server);
            assertThat(closed.await(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void theConnectionIsClosedPromptlyAfterATimeout() throws Exception {
        CountDownLatch closed = new CountDownLatch(1);
        try (RawServer server = new RawServer(client -> {
            RawServer.readToEnd(client);
            closed.countDown();
        })) {
            ask(server.port(), SHORT);
            assertThat(closed.await(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void eachCheckHasAConnectionOfItsOwn() throws IOException {
        try (RawServer server = RawServer.saying("HTTP/1.0 200 OK\r\n\r\n" + BODY)) {
            ask(server);
            ask(server);
            assertThat(server.connections()).isEqualTo(2);
        }
    }

    @Test
    void aSocketThatCannotBeOpenedIsOurFaultAndNoVerdict() {
        HttpProbe probe = new HttpProbe(group.next(), SHORT, Optional.empty(), () -> {
            throw new ChannelException("Failed to open a socket.", new IOException("Too many open files"));
        });
        ProbeOutcome outcome = probe.ask(node(1), InetAddress.getLoopbackAddress())
                .toCompletableFuture()
                .join();
        assertThat(outcome.kind()).isEqualTo(Kind.OUR_FAULT);
    }
}
