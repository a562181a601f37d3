package io.pgproxy.vip.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class AddressWatchKernelTest {
    @RegisterExtension
    final TwoHosts hosts = new TwoHosts();

    private final AddressDiary diary = new AddressDiary();

    private AddressWatch watch() throws KernelException {
        Announcer announcer = hosts.open(new Announcer(() -> {}, new Fuse(hosts.kernel())));
        List<Place> places = List.of(new Place(Addresses.of("192.168.50.10"), hosts.near0()));
        AddressWatch watch = new AddressWatch(hosts.kernel(), places, announcer, diary);
        watch.begin();
        return watch;
    }

    /** An instance that hears of no cable that is pulled must not hold the address. */
    @Test
    void whatNobodyListensToAnyLongerIsNoNetworkWhateverItsLinkSays() throws Exception {
        AddressWatch watch = watch();
        watch.deaf();
        watch.linkGone(hosts.near0(), System.nanoTime());
        watch.linkChanged(hosts.near0(), System.nanoTime());

        assertThat(diary.soFar()).containsExactly("network reachable", "network cut", "network cut", "network cut");
    }

    @Test
    void whatHappenedWhileNewsWereLostIsFoundByLooking() throws Exception {
        AddressWatch watch = watch();
        hosts.far("link set far0 down");
        hosts.awaitNear("link show near0", "state DOWN");

        watch.eventsLost(System.nanoTime());

        assertThat(diary.soFar()).containsExactly("network reachable", "network cut");
    }
}
