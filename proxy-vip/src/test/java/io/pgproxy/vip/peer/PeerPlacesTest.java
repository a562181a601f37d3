package io.pgproxy.vip.peer;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproxy.config.PeerAddress;
import io.pgproxy.vip.machine.Member;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class PeerPlacesTest {
    private static final Member NAMED = new Member("ct101:7001");
    private static final Member NUMBERED = new Member("10.0.0.3:7001");

    private final Map<String, List<InetAddress>> names = new HashMap<>();
    private final PeerPlaces places = new PeerPlaces(
            new TreeMap<>(Map.of(NAMED, new PeerAddress("ct101", 7001), NUMBERED, new PeerAddress("10.0.0.3", 7001))),
            host -> names.getOrDefault(host, host.equals("10.0.0.3") ? List.of(address(3)) : List.of()));

    @Test
    void knowAnAddressWithoutAsking() {
        assertThat(places.of(NUMBERED)).containsExactly(new InetSocketAddress(address(3), 7001));
        assertThat(places.have(address(3))).isTrue();
    }

    @Test
    void areNowhereForANameThatWasNotAskedForYet() {
        names.put("ct101", List.of(address(1)));

        assertThat(places.of(NAMED)).isEmpty();
        assertThat(places.hasNames()).isTrue();
        assertThat(places.allAreKnown()).isFalse();
    }

    @Test
    void areWhereTheNameLeads() {
        names.put("ct101", List.of(address(1), address(2)));
        places.lookUp();

        assertThat(places.of(NAMED))
                .containsExactly(new InetSocketAddress(address(1), 7001), new InetSocketAddress(address(2), 7001));
        assertThat(places.allAreKnown()).isTrue();
    }

    @Test
    void followANameThatMoves() {
        names.put("ct101", List.of(address(1)));
        places.lookUp();
        names.put("ct101", List.of(address(2)));
        places.lookUp();

        assertThat(places.of(NAMED)).containsExactly(new InetSocketAddress(address(2), 7001));
        assertThat(places.have(address(2))).isTrue();
        assertThat(places.have(address(1))).isFalse();
        assertThat(places.addresses()).containsExactlyInAnyOrder(address(2), address(3));
    }

    @Test
    void stayWhereTheyAreWhileNamesDoNotResolve() {
        names.put("ct101", List.of(address(1)));
        places.lookUp();
        names.clear();
        places.lookUp();

        assertThat(places.of(NAMED)).containsExactly(new InetSocketAddress(address(1), 7001));
        assertThat(places.of(NUMBERED)).hasSize(1);
    }

    @Test
    void areFewHoweverManyAddressesANameHas() {
        names.put("ct101", List.of(address(1), address(2), address(4), address(5), address(6)));
        places.lookUp();

        assertThat(places.of(NAMED)).hasSize(4);
    }

    @Test
    void areNowhereForAStranger() {
        assertThat(places.of(new Member("ct102:7001"))).isEmpty();
    }

    private static InetAddress address(int last) {
        try {
            return InetAddress.getByAddress(new byte[] {10, 0, 0, (byte) last});
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }
}
