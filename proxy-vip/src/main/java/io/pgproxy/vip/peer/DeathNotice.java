package io.pgproxy.vip.peer;

import io.pgproxy.config.BindAddress;
import io.pgproxy.config.PeerAddress;
import io.pgproxy.vip.machine.Instance;
import io.pgproxy.vip.machine.Member;
import io.pgproxy.vip.machine.PeerMessage;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.UnsupportedAddressTypeException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Tells the peers of a dead run that it is dead and has left no address behind. Speaks in its name, with the secret, and
 * knows nothing of what the peers are or do. Confined to one thread at a time.
 */
public final class DeathNotice implements AutoCloseable {
    /** The numbers of a run count up from 1 and never come here. */
    private static final long FIRST_SEQ = Long.MAX_VALUE / 2;

    private final DatagramChannel channel;
    private final Instance dead;
    private final Map<PeerAddress, List<InetAddress>> peers;
    private final PeerCodec codec;
    private long seq = FIRST_SEQ;

    private DeathNotice(
            DatagramChannel channel, Instance dead, Map<PeerAddress, List<InetAddress>> peers, PeerCodec codec) {
        this.channel = channel;
        this.dead = dead;
        this.peers = peers;
        this.codec = codec;
    }

    /**
     * Makes everything ready and says nothing yet.
     *
     * @param listen the port of the dead run, from which its peers' firewalls may expect its words to come
     * @param peers where each is, as far as that is known
     */
    public static DeathNotice prepare(
            Instance dead, BindAddress listen, Map<PeerAddress, List<InetAddress>> peers, PeerLink.Keys keys)
            throws IOException {
        PeerCodec codec = keys.codec();
        codec.encode(new PeerMessage.Gone(dead, new Instance(dead.member(), 0), FIRST_SEQ)); // loads what that takes
        return new DeathNotice(channel(listen), dead, peers, codec);
    }

    private static DatagramChannel channel(BindAddress listen) throws IOException {
        DatagramChannel channel = DatagramChannel.open();
        try {
            channel.bind(
                    listen.isWildcard()
                            ? new InetSocketAddress(listen.port())
                            : new InetSocketAddress(listen.host(), listen.port()));
        } catch (IOException | UnsupportedAddressTypeException e) {
            channel.bind(null); // the words count, and not where they come from
        }
        return channel;
    }

    /** Says it once to every peer. Returns those to whom it could not be sent, with the reason. */
    public List<String> send() {
        seq++;
        List<String> unsent = new ArrayList<>();
        peers.forEach((peer, known) -> {
            try {
                send(peer, known);
            } catch (IOException | UnsupportedAddressTypeException e) {
                unsent.add(peer + ": " + e);
            }
        });
        return unsent;
    }

    private void send(PeerAddress peer, List<InetAddress> known) throws IOException {
        Instance to = new Instance(new Member(peer.toString()), 0);
        byte[] datagram = codec.encode(new PeerMessage.Gone(dead, to, seq));
        List<InetAddress> addresses = known.isEmpty() ? List.of(InetAddress.getAllByName(peer.host())) : known;
        for (InetAddress address : addresses) {
            channel.send(ByteBuffer.wrap(datagram), new InetSocketAddress(address, peer.port()));
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
