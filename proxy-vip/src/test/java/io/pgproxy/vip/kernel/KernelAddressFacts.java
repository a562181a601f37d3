package io.pgproxy.vip.kernel;

import io.pgproxy.vip.kernel.wire.AddressEntry;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The virtual address as the manager sees it, on a kernel and a cable of its own. */
abstract class KernelAddressFacts {
    static final Inet4Address VIP = (Inet4Address) Addresses.of("192.168.50.10");
    static final Inet4Address SECOND = (Inet4Address) Addresses.of("192.168.50.9");
    static final InetAddress VIP6 = Addresses.of("fd00:50::10");

    @RegisterExtension
    final TwoHosts hosts = new TwoHosts();

    final AddressDiary diary = new AddressDiary();

    KernelAddress address(InetAddress... addresses) throws KernelException {
        return hosts.open(new KernelAddress(hosts.kernel(), List.of(addresses), Optional.empty(), diary));
    }

    static boolean touch(KernelAddress address, int seconds) {
        return address.touch(seconds, soon());
    }

    /** Far enough for any machine that runs the tests; where the fuse burns has a test of its own. */
    static long soon() {
        return System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    }

    List<AddressEntry> ours() throws KernelException {
        return hosts.table().dump().stream().filter(AddressEntry::isOurs).toList();
    }

    /** What the far host says and hears about {@link #VIP}. */
    Neighbourhood<Inet4Address> far(Sightings heard) throws Exception {
        return hosts.open(hosts.onFar(
                () -> new Neighbourhood<>(hosts.kernel(), hosts.link("far0"), new Arp(), List.of(VIP), heard)));
    }
}
