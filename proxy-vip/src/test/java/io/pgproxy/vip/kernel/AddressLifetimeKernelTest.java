package io.pgproxy.vip.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproxy.vip.kernel.wire.AddressEntry;
import io.pgproxy.vip.kernel.wire.Link;
import java.net.InetAddress;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** That the kernel itself ends what nobody renews is what everything else stands on. */
class AddressLifetimeKernelTest {
    private static final InetAddress VIP = Addresses.of("192.168.50.10");
    private static final InetAddress RENEWED = Addresses.of("192.168.50.9");
    private static final int RENEWAL_MILLIS = 500;

    /** It may round down a little: ADDRCONF_TIMER_FUZZ_MINUS in net/ipv4/devinet.c. */
    private static final long EARLY_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    @RegisterExtension
    final TwoHosts hosts = new TwoHosts();

    private final AddressNews news = new AddressNews();

    @Test
    void theKernelDropsWhatNobodyRenewsAndKeepsWhatSomebodyDoes() throws Exception {
        AddressTable table = hosts.table();
        Link link = hosts.near0();
        AddressEvents events = hosts.open(new AddressEvents(hosts.kernel(), news));
        long start = System.nanoTime();
        table.put(link, VIP, 32, 2);

        while (!news.gone.contains(VIP) && System.nanoTime() - start < TimeUnit.SECONDS.toNanos(5)) {
            table.put(link, RENEWED, 32, 2);
            Awaiting.readable(hosts.kernel(), events, RENEWAL_MILLIS);
            events.receive();
        }

        assertThat(news.gone).containsExactly(VIP);
        assertThat(news.lastNanos - start)
                .isBetween(TimeUnit.SECONDS.toNanos(2) - EARLY_NANOS, TimeUnit.SECONDS.toNanos(5));
        assertThat(table.dump().stream().filter(AddressEntry::isOurs))
                .extracting(AddressEntry::address)
                .containsExactly(RENEWED);
    }

    @Test
    void anIpv6AddressIsDroppedLikewise() throws Exception {
        InetAddress vip6 = Addresses.of("fd00:50::10");
        AddressEvents events = hosts.open(new AddressEvents(hosts.kernel(), news));

        hosts.table().put(hosts.near0(), vip6, 128, 1);

        Awaiting.until(hosts.kernel(), events, "the end of an address", () -> news.gone.contains(vip6));
        assertThat(hosts.table().dump()).noneMatch(AddressEntry::isOurs);
    }

    /** The reason for the fuse: a renewal that comes too late is no renewal but a new address. */
    @Test
    void puttingALateOneRaisesTheDead() throws Exception {
        AddressTable table = hosts.table();
        Link link = hosts.near0();
        AddressEvents events = hosts.open(new AddressEvents(hosts.kernel(), news));
        table.put(link, VIP, 32, 1);
        Awaiting.until(hosts.kernel(), events, "the end of an address", () -> news.gone.contains(VIP));

        table.put(link, VIP, 32, 30);

        assertThat(table.dump().stream().filter(AddressEntry::isOurs)).hasSize(1);
    }
}
