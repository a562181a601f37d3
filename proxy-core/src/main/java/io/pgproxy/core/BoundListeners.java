package io.pgproxy.core;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.pgproxy.config.BindAddress;
import io.pgproxy.config.HostAndPort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** The sockets that listen. Bound and unbound by main; all else is safe from any thread. */
final class BoundListeners {
    /** Its loop may hang; then the process ends without it. */
    private static final int CLOSE_SECONDS = 1;

    private final Map<String, Bound> all = new ConcurrentHashMap<>();
    private final Transport transport;
    private final MovableAddresses movable;
    private final SelfCalls calls;

    private record Bound(Channel channel, InetSocketAddress address, AcceptTrouble trouble) {}

    BoundListeners(Transport transport, MovableAddresses movable, SelfCalls calls) {
        this.transport = transport;
        this.movable = movable;
        this.calls = calls;
    }

    /** @throws IOException with what the kernel said */
    void bind(Listener listener, ServerBootstrap bootstrap) throws IOException {
        BindAddress bind = listener.config().bind();
        InetSocketAddress address = socketAddress(bind);
        if (!bind.isWildcard() && movable.has(PlainIp.of(address.getAddress()))) {
            allowAbsence(bootstrap);
        }
        ChannelFuture binding = bootstrap.bind(address).awaitUninterruptibly();
        Throwable cause = binding.cause();
        if (cause != null) {
            throw new IOException(cause.getMessage(), cause);
        }
        AcceptTrouble trouble = new AcceptTrouble(listener.name());
        binding.channel().pipeline().addLast(trouble); // behind Netty's own, which pauses
        all.put(listener.name(), new Bound(binding.channel(), address, trouble));
    }

    private static InetSocketAddress socketAddress(BindAddress bind) throws IOException {
        return bind.isWildcard()
                ? new InetSocketAddress(bind.port())
                : new InetSocketAddress(InetAddress.getByName(bind.host()), bind.port());
    }

    /** Even if the address is here now: at the next start it may be on the other host. */
    private void allowAbsence(ServerBootstrap bootstrap) throws IOException {
        if (transport.freeBind == null) {
            throw new IOException("transport " + transport.label() + " cannot listen on an address that may be on"
                    + " another host; use epoll or io_uring, or bind to every address (*)");
        }
        bootstrap.option(transport.freeBind, true);
    }

    void unbind() {
        all.values().forEach(bound -> bound.channel().close().awaitUninterruptibly(CLOSE_SECONDS, TimeUnit.SECONDS));
        all.clear();
    }

    boolean has(Listener listener) {
        Bound bound = all.get(listener.name());
        return bound != null && bound.channel().isActive();
    }

    /** Where the kernel has bound it. */
    InetSocketAddress addressOf(String listener) {
        return (InetSocketAddress)
                Objects.requireNonNull(all.get(listener)).channel().localAddress();
    }

    boolean areAll(List<Listener> listeners) {
        return listeners.stream().allMatch(this::has);
    }

    boolean hasFailedToAccept(Duration within) {
        long now = System.nanoTime();
        return all.values().stream().anyMatch(bound -> bound.trouble().happenedWithin(within.toNanos(), now));
    }

    /** Completes when all of these have accepted a call of ours, which tells that the callers before it are in. */
    CompletionStage<Void> answer(List<Listener> listeners, Duration timeout) {
        return CompletableFuture.allOf(
                listeners.stream().map(listener -> answer(listener, timeout)).toArray(CompletableFuture<?>[]::new));
    }

    private CompletableFuture<?> answer(Listener listener, Duration timeout) {
        Bound bound = all.get(listener.name());
        if (bound == null) {
            return CompletableFuture.failedFuture(new IOException("listener " + listener.name() + " is not bound"));
        }
        InetSocketAddress where = bound.address().getAddress().isAnyLocalAddress()
                ? new InetSocketAddress(
                        InetAddress.getLoopbackAddress(), bound.address().getPort())
                : bound.address();
        return isElsewhere(where.getAddress())
                ? CompletableFuture.completedFuture(null)
                : calls.call(where, timeout).toCompletableFuture().exceptionally(failure -> {
                    throw new CompletionException(doesNotAnswer(listener, where, failure));
                });
    }

    /** Then no call can come from it, and one to it would reach the other host. */
    private static boolean isElsewhere(InetAddress address) {
        try {
            return !address.isLoopbackAddress() && NetworkInterface.getByInetAddress(address) == null;
        } catch (SocketException e) {
            return false; // the call will tell
        }
    }

    private static IOException doesNotAnswer(Listener listener, InetSocketAddress where, Throwable cause) {
        String text = HostAndPort.text(where.getAddress().getHostAddress(), where.getPort());
        return new IOException("listener " + listener.name() + " does not answer on " + text + ": " + cause, cause);
    }
}
