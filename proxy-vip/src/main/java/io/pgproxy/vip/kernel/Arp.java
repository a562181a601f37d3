package io.pgproxy.vip.kernel;

import io.pgproxy.vip.kernel.Sighting.Claim;
import io.pgproxy.vip.kernel.wire.ArpFrame;
import io.pgproxy.vip.kernel.wire.MacAddress;
import io.pgproxy.vip.kernel.wire.PacketFilter;
import java.net.Inet4Address;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/** IPv4's {@link Language}. */
final class Arp implements Language<Inet4Address> {
    @Override
    public int etherType() {
        return ArpFrame.ETHER_TYPE;
    }

    @Override
    public PacketFilter filter(List<Inet4Address> addresses) {
        return PacketFilter.arp(addresses);
    }

    @Override
    public void probe(Inet4Address address, MacAddress ours, Voice voice) throws KernelException {
        voice.say(ArpFrame.probe(ours, address).bytes(), MacAddress.BROADCAST);
    }

    @Override
    public void announce(Inet4Address address, MacAddress ours, Voice voice) throws KernelException {
        voice.say(ArpFrame.announceByRequest(ours, address).bytes(), MacAddress.BROADCAST);
        voice.say(ArpFrame.announceByReply(ours, address).bytes(), MacAddress.BROADCAST);
    }

    @Override
    public Optional<Statement> read(ByteBuffer packet, MacAddress from) {
        return ArpFrame.read(packet)
                .map(frame -> frame.isProbe()
                        ? new Statement(Claim.ASKS_FOR_IT, frame.targetAddress(), frame.senderMac())
                        : new Statement(Claim.HAS_IT, frame.senderAddress(), frame.senderMac()));
    }
}
