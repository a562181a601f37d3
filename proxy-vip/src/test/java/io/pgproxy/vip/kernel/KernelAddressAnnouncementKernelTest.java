package io.pgproxy.vip.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.Inet4Address;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What the network is told of it, and when no longer. */
class KernelAddressAnnouncementKernelTest extends KernelAddressFacts {
    private static final String WRONG_MAC = "02:00:00:00:00:99";

    private void fillFarTables() throws Exception {
        hosts.far("neigh replace 192.168.50.10 lladdr " + WRONG_MAC + " dev far0 nud reachable");
        hosts.far("neigh replace fd00:50::10 lladdr " + WRONG_MAC + " dev far0 nud reachable");
    }

    private void awaitFarTablesMoved() throws Exception {
        hosts.awaitFar("neigh show 192.168.50.10", "lladdr " + TwoHosts.NEAR_MAC);
        hosts.awaitFar("neigh show fd00:50::10", "lladdr " + TwoHosts.NEAR_MAC);
    }

    @Test
    void theNeighboursTablesFollow() throws Exception {
        KernelAddress address = address(VIP, VIP6);
        fillFarTables();
        touch(address, 30);

        address.announce(true, soon());

        awaitFarTablesMoved();
    }

    @Test
    void theBurstIsMoreThanOne() throws Exception {
        KernelAddress address = address(VIP, VIP6);
        touch(address, 30);
        address.announce(true, soon());
        for (int i = 0; i < 2; i++) {
            fillFarTables();
            awaitFarTablesMoved();
        }
    }

    @Test
    void whatCouldNotBeSaidWhileTheLinkWasDownIsSaidWhenItIsBack() throws Exception {
        KernelAddress address = address(VIP);
        touch(address, 30);
        hosts.near("link set near0 down");
        address.announce(true, soon());

        hosts.near("link set near0 up");
        hosts.awaitRunning();
        fillFarTables();

        hosts.awaitFar("neigh show 192.168.50.10", "lladdr " + TwoHosts.NEAR_MAC);
    }

    /** Behind a cable that is out nobody hears the burst, and the kernel says nothing of it. */
    @Test
    void aCableThatIsBackMakesANewBurst() throws Exception {
        KernelAddress address = address(VIP);
        touch(address, 30);
        address.announce(true, soon());
        assertThat(diary.next()).isEqualTo("network reachable");
        for (int i = 0; i < 2; i++) {
            hosts.far("link set far0 down");
            assertThat(diary.next()).isEqualTo("network cut");
            hosts.far("link set far0 up");
            assertThat(diary.next()).isEqualTo("network reachable");
            fillFarTables();
            hosts.awaitFar("neigh show 192.168.50.10", "lladdr " + TwoHosts.NEAR_MAC);
        }
    }

    /** Longer than the first two gaps of a burst. */
    private void assertSilence(Neighbourhood<Inet4Address> ears, Sightings heard) throws KernelException {
        ears.receive();
        heard.seen.clear();
        Awaiting.readable(hosts.kernel(), ears, 400);
        ears.receive();
        assertThat(heard.seen).isEmpty();
    }

    @Test
    void nothingIsSaidAfterTheAuthorityForIt() throws Exception {
        KernelAddress address = address(VIP);
        Sightings heard = new Sightings();
        Neighbourhood<Inet4Address> ears = far(heard);

        address.announce(true, System.nanoTime() - 1);
        Awaiting.readable(hosts.kernel(), ears, 100);
        ears.receive();
        assertThat(heard.seen).isEmpty();

        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(50);
        address.announce(true, end);
        Awaiting.until(hosts.kernel(), ears, "the time is over", () -> System.nanoTime() - end > 0);
        assertThat(heard.seen).isNotEmpty();
        assertSilence(ears, heard);
    }

    @Test
    void nothingIsSaidAfterHush() throws Exception {
        KernelAddress address = address(VIP);
        Sightings heard = new Sightings();
        Neighbourhood<Inet4Address> ears = far(heard);
        address.announce(true, soon());
        Awaiting.until(hosts.kernel(), ears, "an announcement", () -> !heard.seen.isEmpty());

        address.hush();

        assertSilence(ears, heard);
    }

    @Test
    void whatIsLostIsNotAnnounced() throws Exception {
        KernelAddress address = address(VIP);
        Sightings heard = new Sightings();
        Neighbourhood<Inet4Address> ears = far(heard);
        touch(address, 30);
        address.announce(true, soon());
        assertThat(diary.next()).isEqualTo("network reachable");

        hosts.near("addr del 192.168.50.10/32 dev near0");
        assertThat(diary.next()).isEqualTo("lost");

        assertSilence(ears, heard);
    }
}
