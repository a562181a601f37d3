package io.pgproxy.vip.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.Inet4Address;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What is seen of it, on this host and on its network. */
class KernelAddressNewsKernelTest extends KernelAddressFacts {
    @Test
    void whatSomebodyElseTakesAwayIsLostAndWhatWeTakeAwayIsNot() throws Exception {
        KernelAddress address = address(VIP, VIP6);
        assertThat(diary.next()).isEqualTo("network reachable");
        touch(address, 30);
        address.delete();
        touch(address, 30);

        hosts.near("addr del fd00:50::10/128 dev near0");

        assertThat(diary.next()).isEqualTo("lost");
        assertThat(diary.soFar()).isEmpty();
    }

    @Test
    void whatTheKernelDropsIsLost() throws Exception {
        touch(address(VIP), 1);

        assertThat(diary.next()).isEqualTo("network reachable");
        assertThat(diary.next()).isEqualTo("lost");
    }

    @Test
    void aCableThatIsPulledAndPutBackIsTold() throws Exception {
        address(VIP);
        assertThat(diary.next()).isEqualTo("network reachable");

        hosts.far("link set far0 down");
        assertThat(diary.next()).isEqualTo("network cut");

        hosts.far("link set far0 up");
        assertThat(diary.next()).isEqualTo("network reachable");
    }

    @Test
    void aCableThatIsOutAtTheStartIsTold() throws Exception {
        hosts.far("link set far0 down");

        address(VIP);

        assertThat(diary.next()).isEqualTo("network cut");
    }

    @Test
    void anInterfaceThatIsGoneIsTold() throws Exception {
        address(VIP);
        assertThat(diary.next()).isEqualTo("network reachable");

        hosts.near("link del near0");

        assertThat(diary.next()).isEqualTo("network cut");
    }

    @Test
    void aHolderThatAnswersIsAConflict() throws Exception {
        hosts.far("addr add 192.168.50.9/32 dev far0");
        KernelAddress address = address(VIP, SECOND, VIP6);
        assertThat(diary.next()).isEqualTo("network reachable");

        assertThat(address.probe()).isTrue();

        assertThat(diary.next()).isEqualTo("conflict " + TwoHosts.FAR_MAC);
    }

    @Test
    void whoeverTellsTheNetworkThatHeHasItIsAConflict() throws Exception {
        touch(address(VIP), 30);
        assertThat(diary.next()).isEqualTo("network reachable");
        Neighbourhood<Inet4Address> far = far(new Sightings());

        far.announce(VIP);

        assertThat(diary.next()).isEqualTo("conflict " + TwoHosts.FAR_MAC);
    }

    @Test
    void aQuestionThatNobodyCanHearCountsAsNone() throws Exception {
        KernelAddress address = address(VIP);
        hosts.far("link set far0 down");
        assertThat(address.probe()).as("without a carrier").isFalse();

        hosts.near("link set near0 down");
        assertThat(address.probe()).as("switched off").isFalse();
    }

    /** The loop that listens must have told, or be made to tell, before anybody concludes something from silence. */
    @Test
    void whatWasSaidHasBeenToldOnceItWasListenedFor() throws Exception {
        hosts.far("addr add 192.168.50.10/32 dev far0");
        KernelAddress address = address(VIP);
        assertThat(diary.next()).isEqualTo("network reachable");
        for (int i = 0; i < 50; i++) {
            address.probe(); // the far kernel's answer is there when this returns, as both share one
        }

        assertThat(address.listen()).as("all was read").isTrue();

        assertThat(diary.soFar()).contains("conflict " + TwoHosts.FAR_MAC);
    }

    @Test
    void aFloodIsToldNowAndThen() throws Exception {
        KernelAddress address = address(VIP);
        Neighbourhood<Inet4Address> far = far(new Sightings());
        long start = System.nanoTime();

        for (int i = 0; i < 5_000; i++) {
            far.announce(VIP);
        }
        address.listen();

        long most = (System.nanoTime() - start) / TimeUnit.MILLISECONDS.toNanos(20) + 2;
        assertThat(diary.soFar().stream().filter(line -> line.startsWith("conflict")))
                .hasSizeBetween(1, (int) most);
    }
}
