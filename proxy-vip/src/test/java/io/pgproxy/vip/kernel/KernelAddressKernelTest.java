package io.pgproxy.vip.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Putting it on, and taking it off. */
class KernelAddressKernelTest extends KernelAddressFacts {
    @Test
    void everyAddressIsPutOnAsASingleHostsAndMarked() throws Exception {
        assertThat(touch(address(VIP, SECOND, VIP6), 30)).isTrue();

        assertThat(ours()).hasSize(3).allSatisfy(entry -> {
            assertThat(entry.subnet().isHost()).isTrue();
            assertThat(entry.validSeconds()).isBetween(28L, 30L);
        });
        assertThat(hosts.near("-d addr show dev near0"))
                .contains("inet 192.168.50.10/32")
                .contains("inet 192.168.50.9/32")
                .contains("inet6 fd00:50::10/128");
    }

    @Test
    @Timeout(30)
    void whoeverWatchesTheKernelSeesItComeAndGo() throws Exception {
        try (IpMonitor monitor = hosts.open(new IpMonitor(hosts))) {
            KernelAddress address = address(VIP);

            touch(address, 30);
            assertThat(monitor.lineWith("192.168.50.10"))
                    .contains("near0")
                    .contains("valid_lft")
                    .doesNotContain("Deleted");
            address.delete();
            assertThat(monitor.lineWith("192.168.50.10")).startsWith("Deleted");
        }
    }

    @Test
    void anotherTouchGivesItMoreTime() throws Exception {
        KernelAddress address = address(VIP, VIP6);
        touch(address, 3);

        touch(address, 60);

        assertThat(ours()).hasSize(2).allSatisfy(entry -> assertThat(entry.validSeconds())
                .isBetween(58L, 60L));
    }

    @Test
    void aTouchThatWasHeldUpForTooLongPutsNothingOn() throws Exception {
        KernelAddress address = address(VIP);

        assertThat(address.touch(30, System.nanoTime() - 1)).isFalse();

        assertThat(ours()).isEmpty();
    }

    /** Nothing is begun that would most likely end in a kill. */
    @Test
    void aTouchWithHardlyAnyTimeLeftPutsNothingOn() throws Exception {
        KernelAddress address = address(VIP);

        assertThat(address.touch(30, System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(19)))
                .isFalse();

        assertThat(ours()).isEmpty();
    }

    @Test
    void aTouchThatTheKernelRefusesSaysSo() throws Exception {
        KernelAddress address = address(VIP);
        hosts.near("link del near0");

        assertThat(touch(address, 30)).isFalse();
    }

    @Test
    void aDeletionIsSeenInTheKernelsList() throws Exception {
        KernelAddress address = address(VIP, VIP6);
        touch(address, 30);
        assertThat(address.isPresent()).isTrue();

        assertThat(address.delete()).isTrue();

        assertThat(address.isPresent()).isFalse();
        assertThat(ours()).isEmpty();
    }

    @Test
    void itIsPresentWhilePartOfItIs() throws Exception {
        KernelAddress address = address(VIP, VIP6);
        touch(address, 30);

        hosts.near("addr del 192.168.50.10/32 dev near0");

        assertThat(address.isPresent()).isTrue();
    }
}
