package io.pgproxy.vip.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.pgproxy.vip.kernel.wire.Link;
import java.net.Inet4Address;
import java.util.List;
import java.util.Optional;
import jnr.constants.platform.Errno;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a link can do to whoever speaks on it, in whatever language. */
class NeighbourhoodLinkKernelTest {
    private static final Inet4Address VIP = (Inet4Address) Addresses.of("192.168.50.10");
    private static final Inet4Address FAR = (Inet4Address) Addresses.of("192.168.50.12");
    private static final Inet4Address OTHER = (Inet4Address) Addresses.of("192.168.50.77");

    @RegisterExtension
    final TwoHosts hosts = new TwoHosts();

    private final Sightings sightings = new Sightings();
    private Neighbourhood<Inet4Address> near;

    @BeforeEach
    void listen() throws KernelException {
        near = on(hosts.near0());
    }

    private Neighbourhood<Inet4Address> on(Link link) throws KernelException {
        return hosts.open(new Neighbourhood<>(hosts.kernel(), link, new Arp(), List.of(VIP, FAR), sightings));
    }

    @Test
    void whileTheLinkIsDownSendingFailsAndCanBeRetried() throws Exception {
        hosts.near("link set near0 down");

        assertThatThrownBy(() -> near.announce(VIP))
                .hasMessage("announce 192.168.50.10 on near0: ENETDOWN (Network is down)")
                .asInstanceOf(type(KernelException.class))
                .satisfies(failure -> assertThat(failure.errno()).contains(Errno.ENETDOWN))
                .satisfies(failure -> assertThat(failure.isPassing()).isTrue());
        assertThat(near.receive()).isTrue();

        hosts.near("link set near0 up");
        hosts.awaitRunning();
        near.probe(FAR);
        Awaiting.until(hosts.kernel(), near, "an answer", () -> !sightings.seen.isEmpty());
    }

    @Test
    void whenTheLinkIsGoneSendingFailsForGood() throws Exception {
        hosts.near("link del near0");

        assertThatThrownBy(() -> near.probe(VIP))
                .asInstanceOf(type(KernelException.class))
                .satisfies(failure -> assertThat(failure.isPassing()).isFalse());
        assertThat(near.receive()).isTrue();
    }

    @Test
    void aClosedSocketSaysSo() throws Exception {
        near.close();

        assertThatThrownBy(() -> near.probe(VIP)).isInstanceOf(KernelException.class);
    }

    @Test
    void aLinkThatIsNoEthernetIsRefused() throws Exception {
        Link loopback = hosts.link("lo");

        assertThatThrownBy(() -> on(loopback)).hasMessage("open a packet socket on lo: the link is no Ethernet");
    }

    @Test
    void onlyItsOwnAddressesAreSpokenOf() {
        assertThatThrownBy(() -> near.announce(OTHER)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aLinkThatIsNotThereIsRefused() {
        Link unknown = new Link(999, "eth9", Optional.empty(), 1500, 0);

        assertThatThrownBy(() -> on(unknown)).hasMessage("bind a packet socket on eth9: ENODEV (No such device)");
    }
}
