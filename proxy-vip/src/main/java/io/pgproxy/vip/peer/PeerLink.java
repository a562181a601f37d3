package io.pgproxy.vip.peer;

import io.pgproxy.config.BindAddress;
import io.pgproxy.vip.PeerLine;
import io.pgproxy.vip.machine.Member;
import io.pgproxy.vip.machine.PeerMessage;
import io.pgproxy.vip.peer.Decoded.Authentic;
import io.pgproxy.vip.peer.Decoded.Rejected;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.UnsupportedAddressTypeException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The members' way to talk: one UDP socket, one datagram a message. Nothing is promised but that what is heard was
 * written by a peer for this member; it may be lost, late, doubled or old.
 *
 * <p>Nobody is answered at the address that he came from: what is sent goes to the configured peers and nowhere else, so
 * a stranger can neither learn that the port is open nor make us shout at somebody else.
 *
 * <p>{@link #send}, {@link #counts} and {@link #close} are safe from any thread. One thread, {@code peer-link}, reads and
 * calls the listener, which has to hop to where it belongs; another, {@code peer-names}, asks the resolver, if there are
 * names.
 */
public final class PeerLink implements PeerLine, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PeerLink.class);

    /** A peer that has moved is found again in this time, plus what the Java runtime and the resolver remember. */
    private static final long LOOKUP_SECONDS = 10;

    private static final long FIRST_LOOKUP_SECONDS = 1;

    /** So that a socket that reports nothing but errors can't take a processor. */
    private static final long AFTER_ERROR_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final DatagramChannel channel;
    private final Selector selector;
    private final PeerPlaces places;
    private final PeerCodec sealing;
    private final Door door;
    private final LinkMeter meter = new LinkMeter();
    private final CountDownLatch closed = new CountDownLatch(1);

    private PeerLink(DatagramChannel channel, Selector selector, PeerPlaces places, PeerCodec sealing, Door door) {
        this.channel = channel;
        this.selector = selector;
        this.places = places;
        this.sealing = sealing;
        this.door = door;
    }

    /**
     * Opens the socket: what is said can be sent from here on, and what arrives waits in the kernel for {@link #listen}.
     *
     * @param boot of this run, as its messages name it
     * @throws IOException with a text for the operator, if the port can't be had
     */
    public static PeerLink open(
            Membership.Known membership, long boot, BindAddress listen, Keys keys, NameLookup lookup)
            throws IOException {
        PeerPlaces places = new PeerPlaces(membership.others(), lookup);
        Door door = new Door(membership, boot, keys.codec(), places::have);
        DatagramChannel channel = channel(listen);
        try {
            return new PeerLink(channel, selector(channel), places, keys.codec(), door);
        } catch (IOException e) {
            channel.close();
            throw new IOException("can't wait for what peers say: " + e.getMessage(), e);
        }
    }

    /**
     * What the members of a group know. Immutable.
     *
     * @param group what they call themselves
     */
    public record Keys(String group, SharedSecret secret) {
        PeerCodec codec() {
            return new PeerCodec(group, secret);
        }
    }

    /** Takes both families where the host has both; fails if another process has the port. */
    private static DatagramChannel channel(BindAddress listen) throws IOException {
        DatagramChannel channel = DatagramChannel.open();
        try {
            channel.configureBlocking(false);
            channel.bind(place(listen));
            return channel;
        } catch (IOException | UnsupportedAddressTypeException e) {
            channel.close();
            throw new IOException("can't listen for peers on UDP " + listen + ": " + e.getMessage(), e);
        }
    }

    private static Selector selector(DatagramChannel channel) throws IOException {
        Selector selector = Selector.open();
        channel.register(selector, SelectionKey.OP_READ); // a channel that is open and does not block
        return selector;
    }

    private static InetSocketAddress place(BindAddress listen) throws IOException {
        return listen.isWildcard()
                ? new InetSocketAddress(listen.port())
                : new InetSocketAddress(InetAddress.getByName(listen.host()), listen.port());
    }

    /**
     * Begins to listen; to be called once.
     *
     * @param heard told every message on the link's own thread; must not block
     */
    public void listen(Consumer<PeerMessage> heard) {
        daemon("peer-link", () -> read(heard)).start();
        if (places.hasNames()) {
            daemon("peer-names", this::lookUp).start();
        }
    }

    private static Thread daemon(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        return thread;
    }

    /** The port, for those who let the kernel choose one. */
    public int port() throws IOException {
        return channel.getLocalAddress() instanceof InetSocketAddress local ? local.getPort() : 0;
    }

    /** Where the peers are, as far as their names lead anywhere now. */
    public Set<InetAddress> peerAddresses() {
        return places.addresses();
    }

    // Sending.

    /** Gives the message to the kernel for every address of its receiver, or drops it; never waits. */
    @Override
    public synchronized void send(PeerMessage message) {
        Member receiver = message.to().member();
        List<InetSocketAddress> all = places.of(receiver);
        if (all.isEmpty()) {
            meter.unsent();
        } else {
            byte[] datagram = sealing.encode(message);
            all.forEach(place -> send(datagram, receiver, place));
        }
    }

    private void send(byte[] datagram, Member receiver, InetSocketAddress place) {
        try {
            if (channel.send(ByteBuffer.wrap(datagram), place) > 0) {
                meter.sent();
            } else {
                meter.unsent(receiver, "the socket's buffer is full", System.nanoTime());
            }
        } catch (ClosedChannelException e) {
            // The program ends, and what it had to say to its peers it has said before.
        } catch (IOException | UnsupportedAddressTypeException e) {
            meter.unsent(receiver, place + ": " + e, System.nanoTime());
        }
    }

    // Hearing.

    private void read(Consumer<PeerMessage> heard) {
        ByteBuffer buffer = ByteBuffer.allocate(PeerCodec.MAX_BYTES + 1); // one more shows what is too long
        while (channel.isOpen()) {
            try {
                selector.select(key -> {});
                read(buffer, heard);
            } catch (ClosedChannelException | ClosedSelectorException e) {
                return;
            } catch (IOException e) {
                meter.unread(e, System.nanoTime());
                LockSupport.parkNanos(AFTER_ERROR_NANOS);
            }
        }
    }

    private void read(ByteBuffer buffer, Consumer<PeerMessage> heard) throws IOException {
        buffer.clear();
        while (channel.receive(buffer) instanceof InetSocketAddress source) {
            byte[] datagram = new byte[buffer.flip().remaining()];
            buffer.get(datagram).clear();
            try {
                hear(datagram, source, heard);
            } catch (RuntimeException e) {
                meter.mistake(e, System.nanoTime()); // the next message may be the one that counts
            }
        }
    }

    private void hear(byte[] datagram, InetSocketAddress source, Consumer<PeerMessage> heard) {
        long nowNanos = System.nanoTime();
        Decoded decoded = door.open(datagram, source.getAddress(), nowNanos);
        if (decoded instanceof Authentic authentic) {
            meter.heard();
            heard.accept(authentic.message());
        } else if (decoded instanceof Rejected rejected) {
            meter.rejected(rejected, source, nowNanos);
        }
    }

    // Names.

    private void lookUp() {
        try {
            do {
                places.lookUp();
            } while (!closed.await(places.allAreKnown() ? LOOKUP_SECONDS : FIRST_LOOKUP_SECONDS, TimeUnit.SECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** What was done so far. */
    public LinkCounts counts() {
        return meter.counts();
    }

    /** Gives the port back; nothing is heard afterwards but what is being told just now. */
    @Override
    public void close() {
        closed.countDown();
        try (selector;
                channel) {
            LOG.debug("peer link: closed");
        } catch (IOException e) {
            LOG.warn("peer link: closing fails: {}", e.toString());
        }
    }
}
