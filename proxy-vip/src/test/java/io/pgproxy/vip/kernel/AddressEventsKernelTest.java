package io.pgproxy.vip.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproxy.vip.kernel.wire.AddressRequests;
import io.pgproxy.vip.kernel.wire.Link;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class AddressEventsKernelTest {
    private static final InetAddress VIP = Addresses.of("192.168.50.10");
    private static final InetAddress VIP6 = Addresses.of("fd00:50::10");

    @RegisterExtension
    final TwoHosts hosts = new TwoHosts();

    private final AddressNews news = new AddressNews();
    private AddressEvents events;

    @BeforeEach
    void listen() throws KernelException {
        events = hosts.open(new AddressEvents(hosts.kernel(), news));
    }

    @Test
    void tellsWhenSomebodyElseTakesTheAddressAway() throws Exception {
        hosts.table().put(hosts.near0(), VIP, 32, 30);
        hosts.table().put(hosts.near0(), VIP6, 128, 30);

        hosts.near("addr del 192.168.50.10/32 dev near0");
        hosts.near("addr del fd00:50::10/128 dev near0");

        Awaiting.until(hosts.kernel(), events, "both are gone", () -> news.gone.size() == 2);
        assertThat(news.gone).containsExactly(VIP, VIP6);
    }

    @Test
    void tellsWhatWasPut() throws Exception {
        hosts.table().put(hosts.near0(), VIP, 32, 30);

        Awaiting.until(hosts.kernel(), events, "it is there", () -> news.put.contains(VIP));
    }

    @Test
    void tellsWhenTheCableIsPulledAndPutBack() throws Exception {
        hosts.far("link set far0 down");
        Awaiting.until(hosts.kernel(), events, "no carrier", () -> !lastLink().hasCarrier());
        assertThat(lastLink().name()).isEqualTo("near0");

        hosts.far("link set far0 up");
        Awaiting.until(hosts.kernel(), events, "a carrier", () -> lastLink().isRunning());
    }

    /** Before the first event, as the link was set up. */
    private Link lastLink() {
        try {
            return news.links.isEmpty() ? hosts.near0() : news.links.get(news.links.size() - 1);
        } catch (KernelException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void tellsWhenTheLinkIsGone() throws Exception {
        hosts.near("link del near0");

        Awaiting.until(hosts.kernel(), events, "the link is gone", () -> !news.linksGone.isEmpty());
        assertThat(news.linksGone).extracting(Link::name).contains("near0");
    }

    /** Root may write to anybody's socket; the first of a process in a namespace has the process's number for a port. */
    @Test
    void whatAnotherProcessSaysIsNotTheKernelsWord() throws Exception {
        ByteBuffer port = Kernel.buffer(12);
        port.putShort(0, (short) 16).putInt(4, (int) ProcessHandle.current().pid());
        byte[] lie = AddressRequests.delete(0, hosts.near0().index(), VIP, 32);
        try (KernelSocket forger = new KernelSocket(hosts.kernel(), "the forger's socket", 16, 3, 0)) {
            forger.send("lie", Kernel.buffer(lie), port);
        }

        hosts.table().put(hosts.near0(), VIP, 32, 30);

        Awaiting.until(hosts.kernel(), events, "the truth", () -> news.put.contains(VIP));
        assertThat(news.gone).isEmpty();
    }

    @Test
    void tellsThatItDoesNotKnowWhenTooMuchHappened() throws Exception {
        AddressTable table = hosts.table();
        Link link = hosts.near0();
        for (int i = 0; i < 2_000; i++) {
            table.put(link, VIP, 32, 30);
        }

        assertThat(events.receive()).isTrue();
        assertThat(news.losses).isEqualTo(1);

        table.delete(link, VIP, 32);
        Awaiting.until(hosts.kernel(), events, "news again", () -> news.gone.contains(VIP));
    }
}
