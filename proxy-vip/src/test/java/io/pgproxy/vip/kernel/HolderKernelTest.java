package io.pgproxy.vip.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproxy.vip.HolderOnOneHost;
import io.pgproxy.vip.kernel.wire.AddressEntry;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Machine, manager and kernel together; only etcd is made up. */
@Timeout(60)
class HolderKernelTest {
    private static final InetAddress VIP = Addresses.of("192.168.50.10");
    private static final String WRONG_MAC = "02:00:00:00:00:99";

    @RegisterExtension
    final TwoHosts hosts = new TwoHosts();

    private HolderOnOneHost holder() throws KernelException {
        return hosts.open(new HolderOnOneHost(
                listener -> new KernelAddress(hosts.kernel(), List.of(VIP), Optional.empty(), listener)));
    }

    @Test
    void claimsPutsBackWhatIsTakenAwayAndLetsGo() throws Exception {
        hosts.far("neigh replace 192.168.50.10 lladdr " + WRONG_MAC + " dev far0 nud reachable");
        HolderOnOneHost holder = holder();
        holder.start();
        hosts.awaitFar("neigh show 192.168.50.10", "lladdr " + TwoHosts.NEAR_MAC);
        hosts.awaitNear("addr show dev near0", "192.168.50.10/32");

        hosts.near("addr del 192.168.50.10/32 dev near0");
        hosts.awaitNear("addr show dev near0", "192.168.50.10/32");

        holder.stop().toCompletableFuture().get(10, TimeUnit.SECONDS);
        assertThat(hosts.table().dump()).noneMatch(AddressEntry::isOurs);
    }

    @Test
    void waitsWhileAStrangerHasItAndTakesItOnceHeIsGone() throws Exception {
        hosts.far("addr add 192.168.50.10/32 dev far0");
        HolderOnOneHost holder = holder();
        holder.start();
        holder.awaitConflicts(3);
        assertThat(hosts.table().dump()).noneMatch(AddressEntry::isOurs);

        hosts.far("addr del 192.168.50.10/32 dev far0");

        hosts.awaitNear("addr show dev near0", "192.168.50.10/32");
    }
}
