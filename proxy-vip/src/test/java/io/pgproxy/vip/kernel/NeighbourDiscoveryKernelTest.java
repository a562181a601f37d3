package io.pgproxy.vip.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproxy.vip.kernel.Sighting.Claim;
import io.pgproxy.vip.kernel.wire.NeighbourPacket;
import java.net.Inet6Address;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class NeighbourDiscoveryKernelTest extends NeighbourhoodFacts<Inet6Address> {
    NeighbourDiscoveryKernelTest() {
        super(
                new NeighbourDiscovery(),
                (Inet6Address) Addresses.of("fd00:50::10"),
                (Inet6Address) Addresses.of("fd00:50::12"),
                1);
    }

    @Override
    void farTakesTheAddress() throws Exception {
        hosts.far("addr add fd00:50::10/128 dev far0 nodad");
        // It hears the question only once the kernel has joined the address's group, a little later.
        hosts.awaitFar("maddr show dev far0", "ff02::1:ff00:10");
    }

    @Test
    void whoeverSpeaksFromTheAddressHasIt() throws Exception {
        hosts.far("addr add fd00:50::10/128 dev far0 nodad");
        hosts.far("route add fd00:50::77/128 dev far0 src fd00:50::10");

        // The kernel asks where the other host is, with the address as its source.
        hosts.far("neigh flush all");
        hosts.onFar(() -> new ProcessBuilder("bash", "-c", "echo > /dev/udp/fd00:50::77/9")
                .start()
                .waitFor()); // Java has no IPv6 where it was started without

        awaitSightings(1);
        assertThat(sightings.seen.get(0).claim()).isEqualTo(Claim.HAS_IT);
        assertThat(sightings.seen.get(0).mac()).hasToString(TwoHosts.FAR_MAC);
    }

    @Test
    void brokenPacketsHarmNobody() throws Exception {
        PacketSocket far = farSocket();
        byte[] claim = NeighbourPacket.announce(far.mac(), vip).bytes();

        for (int length = 1; length <= claim.length; length++) {
            far.send("send a broken packet", Arrays.copyOf(claim, length), NeighbourPacket.groupMac((Inet6Address)
                    Addresses.of("ff02::1")));
        }

        awaitSightings(1);
        assertThat(sightings.seen).hasSize(1);
    }
}
