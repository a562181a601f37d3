package io.pgproxy.vip.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproxy.vip.kernel.Sighting.Claim;
import io.pgproxy.vip.kernel.wire.NeighbourPacket;
import io.pgproxy.vip.kernel.wire.PacketFilter;
import java.net.Inet6Address;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class NeighbourDiscoveryKernelTest {
    private static final Inet6Address VIP = (Inet6Address) Addresses.of("fd00:50::10");
    private static final Inet6Address FAR = (Inet6Address) Addresses.of("fd00:50::12");

    @RegisterExtension
    final TwoHosts hosts = new TwoHosts();

    private final Sightings sightings = new Sightings();
    private NeighbourDiscovery near;

    @BeforeEach
    void listen() throws KernelException {
        near = hosts.open(new NeighbourDiscovery(hosts.kernel(), hosts.near0(), List.of(VIP, FAR), sightings));
    }

    private NeighbourDiscovery far() throws Exception {
        return hosts.open(hosts.onFar(
                () -> new NeighbourDiscovery(hosts.kernel(), hosts.link("far0"), List.of(VIP), new Sightings())));
    }

    private void awaitSightings(int count) throws KernelException {
        Awaiting.until(hosts.kernel(), near, count + " sightings", () -> sightings.seen.size() >= count);
    }

    @Test
    void aHolderAnswersAProbe() throws Exception {
        hosts.far("addr add fd00:50::10/128 dev far0 nodad");
        // It hears the question only once the kernel has joined the address's group, a little later.
        hosts.awaitFar("maddr show dev far0", "ff02::1:ff00:10");

        near.probe(VIP);

        awaitSightings(1);
        assertThat(sightings.seen).singleElement().satisfies(sighting -> {
            assertThat(sighting.claim()).isEqualTo(Claim.HAS_IT);
            assertThat(sighting.address()).isEqualTo(VIP);
            assertThat(sighting.mac()).hasToString(TwoHosts.FAR_MAC);
        });
    }

    @Test
    void nobodyAnswersAProbeForAnAddressThatNobodyHas() throws Exception {
        near.probe(VIP);
        near.probe(FAR);

        awaitSightings(1);
        assertThat(near.receive()).isTrue();
        assertThat(sightings.seen).extracting(Sighting::address).containsExactly(FAR);
    }

    @Test
    void theNeighboursTableFollowsAnAnnouncement() throws Exception {
        hosts.far("neigh replace fd00:50::10 lladdr 02:00:00:00:00:99 dev far0 nud reachable");

        near.announce(VIP);

        hosts.awaitFar("neigh show fd00:50::10", "lladdr " + TwoHosts.NEAR_MAC);
    }

    @Test
    void somebodyElsesAnnouncementIsSeen() throws Exception {
        hosts.table().put(hosts.near0(), VIP, 128, 30);

        far().announce(VIP);

        awaitSightings(1);
        assertThat(sightings.seen).singleElement().satisfies(sighting -> {
            assertThat(sighting.claim()).isEqualTo(Claim.HAS_IT);
            assertThat(sighting.mac()).hasToString(TwoHosts.FAR_MAC);
        });
    }

    @Test
    void somebodyElsesProbeIsSeenAsAQuestion() throws Exception {
        far().probe(VIP);

        awaitSightings(1);
        assertThat(sightings.seen).extracting(Sighting::claim).containsExactly(Claim.ASKS_FOR_IT);
        assertThat(sightings.seen).extracting(Sighting::mac).asString().contains(TwoHosts.FAR_MAC);
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
        PacketSocket far = hosts.open(hosts.onFar(() -> new PacketSocket(
                hosts.kernel(),
                hosts.link("far0"),
                NeighbourPacket.ETHER_TYPE,
                PacketFilter.neighbourDiscovery(List.of(VIP)))));
        byte[] claim = NeighbourPacket.announce(far.mac(), VIP).bytes();

        for (int length = 1; length <= claim.length; length++) {
            far.send("send a broken packet", Arrays.copyOf(claim, length), NeighbourPacket.groupMac((Inet6Address)
                    Addresses.of("ff02::1")));
        }

        awaitSightings(1);
        assertThat(sightings.seen).hasSize(1);
    }
}
