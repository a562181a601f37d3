package io.pgproxy.core;

import io.netty.channel.Channel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of a connection in the moment in which it is accepted: turned away by a rule, or let in, if need be in
 * the place of one that has said nothing for longer. A few of those that are turned away are heard out; the others
 * cost no more than their accept. Called on the connection's event loop.
 */
final class Reception {
    private static final Client NOBODY = Client.of(new InetSocketAddress(0));
    private static final Refused CLOSED = new Refused(CloseReason.ADDRESS_CLOSED, "");

    private final Admission admission;

    Reception(Admission admission) {
        this.admission = admission;
    }

    /**
     * Takes a new connection.
     *
     * @param local by which of our addresses it came
     * @param peer null if it was reset before it was accepted, which no event would tell us later
     */
    void accepted(
            Channel channel,
            @Nullable InetSocketAddress local,
            @Nullable InetSocketAddress peer,
            Listener listener,
            RelayLoop loop) {
        listener.counts().accepted();
        admission.entered();
        channel.closeFuture().addListener(closed -> admission.left());
        if (peer == null) {
            turnAway(channel, NOBODY, new Refused(CloseReason.CLIENT_LEFT, ""), listener, loop);
            return;
        }
        Client client = Client.of(peer);
        if (local != null && cameByAClosedAddress(channel, PlainIp.of(local.getAddress()), loop)) {
            listener.ended(SessionEnd.atTheDoor(client, CLOSED), loop.now());
            Reset.of(channel);
            return;
        }
        boolean headerIsDue = listener.rules().wantsHeaderFrom(client);
        Optional<Refused> refused =
                headerIsDue ? Optional.empty() : listener.rules().atTheDoor(client, loop.now());
        if (refused.isEmpty() && !makeRoom(loop)) {
            refused = Optional.of(new Refused(CloseReason.SESSION_LIMIT, "the proxy has no descriptor left"));
        }
        if (refused.isPresent()) {
            turnAway(channel, client, refused.get(), listener, loop);
        } else {
            new Opening(channel, client, headerIsDue, listener, loop).begin();
        }
    }

    /**
     * Registers the connection first and looks then. It may be accepted while its address is being closed, and get to
     * its loop when all others that came by that address have been ended there. The address is closed visibly first
     * and the loops are told afterwards: either this look sees it, or the end finds the connection registered.
     */
    private static boolean cameByAClosedAddress(Channel channel, InetAddress local, RelayLoop loop) {
        if (!loop.movable().has(local)) {
            return false;
        }
        loop.visitors().arrived(channel, local);
        return loop.movable().isClosed(local);
    }

    /** Where this loop has nobody to end, one more than the limit on startups comes in; but never past the reserve. */
    private boolean makeRoom(RelayLoop loop) {
        boolean crowded = admission.startups().isFull() || admission.isOutOfDescriptors();
        return !crowded || loop.startups().makeRoom(loop.now()) || !admission.isOutOfReserve();
    }

    private void turnAway(Channel channel, Client client, Refused refused, Listener listener, RelayLoop loop) {
        listener.ended(SessionEnd.atTheDoor(client, refused), loop.now());
        if (refused.reason().sqlState().isEmpty() || admission.isOutOfDescriptors()) {
            channel.close();
        } else {
            new Farewell(channel, client.source(), listener, loop).say(null, refused, Refusal.Manner.HEAR_IT_OUT);
        }
    }
}
