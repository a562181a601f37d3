package io.pgproxy.vip.peer;

import io.pgproxy.vip.machine.Member;
import io.pgproxy.vip.machine.PeerMessage;
import io.pgproxy.vip.peer.Decoded.Authentic;
import io.pgproxy.vip.peer.Decoded.Rejected;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Decides which datagrams are let in. Who sent one is proven by its signature and never by the address that it came
 * from; that decides only how many may cost us the work of looking. Pure; confined to one thread.
 */
final class Door {
    /** Enough for a peer that comes from another address than its name has, and little work. */
    private static final int STRANGERS_PER_SECOND = 50;

    private final Member me;
    private final PeerCodec codec;
    private final Predicate<InetAddress> isPeers;
    private final Allowance strangers = Allowance.perSecond(STRANGERS_PER_SECOND);
    private final Map<Member, Caller> peers = new HashMap<>();

    /** @param boot of this run */
    Door(Membership.Known membership, long boot, PeerCodec codec, Predicate<InetAddress> isPeers) {
        me = membership.me();
        this.codec = codec;
        this.isPeers = isPeers;
        membership.others().keySet().forEach(peer -> peers.put(peer, new Caller(boot)));
    }

    /** What came from that address: a message to be heard, or why not. */
    Decoded open(byte[] datagram, InetAddress source, long nowNanos) {
        Decoded decoded = codec.reject(datagram)
                .<Decoded>map(rejected -> rejected)
                .orElseGet(() -> isPeers.test(source) || strangers.take(nowNanos)
                        ? codec.open(datagram)
                        : new Rejected(Rejection.STRANGERS, ""));
        return decoded instanceof Authentic authentic ? judge(authentic, nowNanos) : decoded;
    }

    /** Of what is authentic, as opposed to our own words sent back to us, and to members of a larger group. */
    private Decoded judge(Authentic authentic, long nowNanos) {
        PeerMessage message = authentic.message();
        Member sender = message.from().member();
        if (sender.equals(me)) {
            return new Rejected(Rejection.OURSELVES, "");
        }
        Caller caller = peers.get(sender);
        if (caller == null) {
            return new Rejected(Rejection.NOT_A_PEER, "it is " + sender);
        }
        if (!message.to().member().equals(me)) {
            return new Rejected(
                    Rejection.NOT_FOR_US, "it is for " + message.to().member() + ", and this is " + me);
        }
        return caller.objection(message, nowNanos)
                .<Decoded>map(why -> new Rejected(why, ""))
                .orElse(authentic);
    }
}
