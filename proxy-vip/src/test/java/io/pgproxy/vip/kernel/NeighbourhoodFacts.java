package io.pgproxy.vip.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproxy.vip.kernel.Sighting.Claim;
import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What holds in both languages. */
abstract class NeighbourhoodFacts<A extends InetAddress> {
    @RegisterExtension
    final TwoHosts hosts = new TwoHosts();

    final Sightings sightings = new Sightings();
    private final Language<A> language;
    final A vip;
    private final A farAddress;
    private final int prefixLength;
    private final int forms;
    Neighbourhood<A> near;

    /**
     * @param farAddress what the far host has all the time
     * @param forms how many packets an announcement is
     */
    NeighbourhoodFacts(Language<A> language, A vip, A farAddress, int forms) {
        this.language = language;
        this.vip = vip;
        this.farAddress = farAddress;
        this.forms = forms;
        prefixLength = 8 * vip.getAddress().length;
    }

    @BeforeEach
    void listen() throws KernelException {
        near = hosts.open(
                new Neighbourhood<>(hosts.kernel(), hosts.near0(), language, List.of(vip, farAddress), sightings));
    }

    Neighbourhood<A> far() throws Exception {
        return hosts.open(hosts.onFar(() ->
                new Neighbourhood<>(hosts.kernel(), hosts.link("far0"), language, List.of(vip), new Sightings())));
    }

    /** A socket that says whatever it is given. */
    PacketSocket farSocket() throws Exception {
        return hosts.open(hosts.onFar(() -> new PacketSocket(
                hosts.kernel(), hosts.link("far0"), language.etherType(), language.filter(List.of(vip)))));
    }

    void awaitSightings(int count) throws KernelException {
        Awaiting.until(hosts.kernel(), near, count + " sightings", () -> sightings.seen.size() >= count);
    }

    /** Puts the address on far0, and returns once that host answers for it. */
    abstract void farTakesTheAddress() throws Exception;

    void farKnowsAnotherMac() throws Exception {
        hosts.far("neigh replace " + vip.getHostAddress() + " lladdr 02:00:00:00:00:99 dev far0 nud reachable");
    }

    @Test
    void aHolderAnswersAProbe() throws Exception {
        farTakesTheAddress();
        long before = System.nanoTime();

        near.probe(vip);

        awaitSightings(1);
        assertThat(sightings.seen).singleElement().satisfies(sighting -> {
            assertThat(sighting.claim()).isEqualTo(Claim.HAS_IT);
            assertThat(sighting.address()).isEqualTo(vip);
            assertThat(sighting.mac()).hasToString(TwoHosts.FAR_MAC);
            assertThat(sighting.readNanos()).isBetween(before, System.nanoTime());
        });
    }

    /** The answer to the second question shows that the first has been heard, and that nobody answered. */
    @Test
    void nobodyAnswersAProbeForAnAddressThatNobodyHas() throws Exception {
        near.probe(vip);
        near.probe(farAddress);

        awaitSightings(1);
        assertThat(near.receive()).isTrue();
        assertThat(sightings.seen).extracting(Sighting::address).containsExactly(farAddress);
        assertThat(sightings.missed).isZero();
    }

    @Test
    void theNeighboursTableFollowsAnAnnouncement() throws Exception {
        farKnowsAnotherMac();

        near.announce(vip);

        hosts.awaitFar("neigh show " + vip.getHostAddress(), "lladdr " + TwoHosts.NEAR_MAC);
    }

    @Test
    void somebodyElsesAnnouncementIsSeen() throws Exception {
        hosts.table().put(hosts.near0(), vip, prefixLength, 30);

        far().announce(vip);

        awaitSightings(forms);
        assertThat(sightings.seen).hasSize(forms).allSatisfy(sighting -> {
            assertThat(sighting.claim()).isEqualTo(Claim.HAS_IT);
            assertThat(sighting.mac()).hasToString(TwoHosts.FAR_MAC);
        });
    }

    @Test
    void somebodyElsesProbeIsSeenAsAQuestion() throws Exception {
        far().probe(vip);

        awaitSightings(1);
        assertThat(sightings.seen).extracting(Sighting::claim).containsExactly(Claim.ASKS_FOR_IT);
        assertThat(sightings.seen).extracting(Sighting::mac).asString().contains(TwoHosts.FAR_MAC);
    }
}
