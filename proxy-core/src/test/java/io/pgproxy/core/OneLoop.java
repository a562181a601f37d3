package io.pgproxy.core;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import io.pgproxy.config.ListenerConfig.Route;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * One relay loop without a thread or a socket: clients and backends are embedded channels, time stands still until it
 * is moved on, and connects hang until the test says how they went.
 */
final class OneLoop {
    static final Candidate PG1 = Tables.primary(Settings.PG1, address(1));
    static final Candidate PG2 = Tables.primary(Settings.PG2, address(2));

    final MockTicker ticker = Ticker.newMockTicker();
    final CurrentRoutes routes = new CurrentRoutes(System.nanoTime());
    final ScriptedDialer dialer = new ScriptedDialer(ticker);
    final List<String> connectFailures = new ArrayList<>();
    final List<String> backendCloses = new ArrayList<>();
    final List<String> sessionNews = new ArrayList<>();
    final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    final Admission admission;
    final NodeLoad load;
    final TlsAnswers tlsAnswers;
    final Listener listener;
    final RelayLoop loop;
    private final EmbeddedChannel loopChannel =
            EmbeddedChannel.builder().ticker(ticker).build();
    private final List<EmbeddedChannel> clients = new ArrayList<>();
    private final List<ByteBuf> received = new ArrayList<>();

    OneLoop() {
        this(new Settings());
    }

    OneLoop(Settings settings) {
        var config = settings.config();
        admission = Admission.of(settings.sessions(), settings.maxSessions, settings.descriptors);
        load = new NodeLoad(List.of(Settings.PG1, Settings.PG2), registry);
        listener = Listener.of(config.listeners().get(0), registry);
        tlsAnswers = new TlsAnswers(List.of(Settings.PG1, Settings.PG2), registry);
        var shared = new RelayLoop.Shared(
                routes, events(), admission, load, tlsAnswers, dialer, Transport.NIO, settings.movable);
        loop = new RelayLoop(loopChannel.eventLoop(), config, shared, 1);
        loop.start();
    }

    private static InetSocketAddress address(int lastByte) {
        try {
            return new InetSocketAddress(
                    InetAddress.getByAddress(new byte[] {(byte) 192, 0, 2, (byte) lastByte}), 5432);
        } catch (java.net.UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    /** For whom it does not matter. */
    BackendEvents quietEvents() {
        return events();
    }

    private BackendEvents events() {
        return new BackendEvents() {
            @Override
            public void connectFailed(String node, String reason) {
                connectFailures.add(node + ": " + reason);
            }

            @Override
            public void backendClosed(String node) {
                backendCloses.add(node);
            }

            @Override
            public void sessionParked(Route route, long nowNanos) {
                sessionNews.add("parked for " + route);
            }

            @Override
            public void sessionAnswered(Candidate candidate, long nowNanos) {
                sessionNews.add("answered by " + candidate.node());
            }
        };
    }

    /** A client that has connected and said nothing yet. */
    EmbeddedChannel accept() {
        return accept("127.0.0.1");
    }

    /** The same, with a connection from there. */
    EmbeddedChannel accept(String peer) {
        return accept(peer, "127.0.0.1");
    }

    /** The same, with a connection to that address of ours. */
    EmbeddedChannel accept(String peer, String local) {
        EmbeddedChannel client = EmbeddedChannel.builder().ticker(ticker).build();
        clients.add(client);
        InetSocketAddress from = new InetSocketAddress(ip(peer), 40_000 + clients.size());
        new Reception(admission).accepted(client, new InetSocketAddress(ip(local), 5432), from, listener, loop);
        return client;
    }

    static InetAddress ip(String text) {
        try {
            return InetAddress.getByAddress(NetUtil.createByteArrayFromIpAddressString(text));
        } catch (java.net.UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    /** A client of that address that has sent its startup packet, if it was not closed at once. */
    EmbeddedChannel start(String peer) {
        EmbeddedChannel client = accept(peer);
        if (client.isOpen()) {
            receive(client, Packets.startup("app"));
        }
        return client;
    }

    /** The last dialled backend lets the session in. */
    EmbeddedChannel backendAnswers() {
        EmbeddedChannel backend = dialer.last().connects();
        receive(backend, Packets.authenticationOk());
        return backend;
    }

    /** Connections of clients that ended for that reason. */
    int ended(CloseReason reason) {
        return (int) registry.get("pgproxy.listener.connections.ended")
                .tag("reason", reason.label())
                .counter()
                .count();
    }

    /** The channel receives the bytes; the buffer is watched by {@link #unreleasedBuffers}. */
    void receive(EmbeddedChannel channel, byte[] bytes) {
        ByteBuf buffer = Unpooled.copiedBuffer(bytes);
        received.add(buffer);
        channel.writeInbound(buffer);
        turn();
    }

    /** The other side of the channel has finished. */
    void finish(EmbeddedChannel channel) {
        channel.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
        turn();
    }

    void publish(RoutingTable table) {
        routes.publish(table);
        turn();
    }

    void advance(long millis) {
        ticker.advance(millis, TimeUnit.MILLISECONDS);
        turn();
    }

    /** Whatever was new to anybody's clients is so no more. */
    void settle() {
        for (int step = 0; step < Ramp.STEPS_OF_A_FRESH_ROUTE; step++) {
            advance(10);
        }
    }

    /** Whatever is due on any of the channels is done. */
    void turn() {
        loopChannel.runPendingTasks();
        loopChannel.runScheduledPendingTasks();
        for (EmbeddedChannel client : List.copyOf(clients)) {
            client.runPendingTasks();
            client.runScheduledPendingTasks();
        }
        for (ScriptedDialer.Dialed dial : List.copyOf(dialer.dials)) {
            if (dial.channel.isRegistered()) {
                dial.channel.runPendingTasks();
                dial.channel.runScheduledPendingTasks();
            }
        }
    }

    /** Everything that was written to the channel and not taken yet. */
    static byte[] sent(EmbeddedChannel channel) {
        ByteBuf all = Unpooled.buffer();
        for (ByteBuf part = channel.readOutbound(); part != null; part = channel.readOutbound()) {
            all.writeBytes(part);
            part.release();
        }
        byte[] bytes = new byte[all.readableBytes()];
        all.readBytes(bytes);
        return bytes;
    }

    static String sentText(EmbeddedChannel channel) {
        return new String(sent(channel), StandardCharsets.ISO_8859_1);
    }

    /** How many of the buffers that went in are still held. */
    long unreleasedBuffers() {
        return received.stream().filter(buffer -> buffer.refCnt() > 0).count();
    }
}
