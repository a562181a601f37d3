package io.pgproxy.vip.peer;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproxy.config.BindAddress;
import io.pgproxy.config.HandoverConfig;
import io.pgproxy.config.PeerAddress;
import io.pgproxy.config.PeersConfig;
import io.pgproxy.config.VipConfig;
import io.pgproxy.vip.machine.Member;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SelfSearchTest {
    private static final BindAddress EVERYWHERE = new BindAddress("*", 7001);

    private final Host ct100 = new Host("ct100");

    /** What the host under test would say. */
    private static final class Host implements LocalHost {
        final Map<String, List<InetAddress>> names = new HashMap<>();
        final Map<InetAddress, InetAddress> sources = new HashMap<>();
        final Set<InetAddress> own = new HashSet<>();
        private final String name;

        Host(String name) {
            this.name = name;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public boolean has(InetAddress address) {
            return own.contains(address) || address.isLoopbackAddress();
        }

        @Override
        public Optional<InetAddress> sourceTowards(InetAddress other) {
            return Optional.ofNullable(sources.get(other));
        }

        @Override
        public List<InetAddress> addresses(String host) {
            boolean isAddress = host.matches("[0-9.]+|.*:.*");
            return isAddress ? List.of(address(host)) : names.getOrDefault(host, List.of());
        }
    }

    @BeforeEach
    void tellWhatTheHostKnows() {
        ct100.own.add(address("192.168.50.11"));
        ct100.sources.put(address("192.168.50.12"), address("192.168.50.11"));
        ct100.sources.put(address("192.168.50.13"), address("192.168.50.11"));
        ct100.names.put("ct100", List.of(address("127.0.1.1")));
        ct100.names.put("ct101", List.of(address("192.168.50.12")));
    }

    @Test
    void isTheSourceAddressTowardsPeersThatAreAllOthers() {
        assertThat(found("192.168.50.12:7001", "192.168.50.13:7001"))
                .isEqualTo(known("192.168.50.11:7001", "192.168.50.12:7001", "192.168.50.13:7001"));
    }

    @Test
    void isThePeerThatHasAnAddressOfThisHost() {
        assertThat(found("192.168.50.11:7001", "192.168.50.12:7001"))
                .isEqualTo(known("192.168.50.11:7001", "192.168.50.12:7001"));
    }

    @Test
    void isThePeerWhoseNameIsThisHosts() {
        assertThat(found("ct100:7001", "ct101:7001")).isEqualTo(known("ct100:7001", "ct101:7001"));
    }

    @Test
    void isNotThePeerWithAnotherPort() {
        ct100.sources.put(address("192.168.50.11"), address("192.168.50.11"));

        assertThat(found("192.168.50.11:7002", "192.168.50.12:7001"))
                .isEqualTo(known("192.168.50.11:7001", "192.168.50.11:7002", "192.168.50.12:7001"));
    }

    @Test
    void isKnownByANameAndNeverByWhatItResolvesTo() {
        ct100.names.remove("ct101");

        assertThat(found("ct100:7001", "ct101:7001")).isEqualTo(known("ct100:7001", "ct101:7001"));
    }

    @Test
    void isWhatSelfSays() {
        assertThat(SelfSearch.find(vip(Optional.of(peer("a:7001")), EVERYWHERE, "b:7001", "c:7001"), ct100))
                .isEqualTo(known("a:7001", "b:7001", "c:7001"));
        assertThat(SelfSearch.find(vip(Optional.of(peer("a:7001")), EVERYWHERE, "a:7001", "b:7001"), ct100))
                .isEqualTo(known("a:7001", "b:7001"));
    }

    @Test
    void isTheAddressItListensAtAlone() {
        BindAddress one = new BindAddress("192.168.50.11", 7001);

        assertThat(SelfSearch.find(vip(Optional.empty(), one, "192.168.50.12:7001"), ct100))
                .isEqualTo(known("192.168.50.11:7001", "192.168.50.12:7001"));
        assertThat(SelfSearch.find(vip(Optional.empty(), one, "ct100:7001", "ct101:7001"), ct100))
                .isEqualTo(known("ct100:7001", "ct101:7001"));
    }

    @Test
    void isNotAPeerOfAnotherAddressThanItListensAt() {
        BindAddress one = new BindAddress("127.0.0.2", 7001);

        assertThat(SelfSearch.find(vip(Optional.empty(), one, "127.0.0.2:7001", "127.0.0.3:7001"), ct100))
                .isEqualTo(known("127.0.0.2:7001", "127.0.0.3:7001"));
    }

    @Test
    void isThisHostsNameWhereThereAreNoPeers() {
        assertThat(found()).isEqualTo(known("ct100"));
    }

    @Test
    void isUnclearIfTwoPeersAreThisHost() {
        assertThat(found("ct100:7001", "192.168.50.11:7001", "ct101:7001"))
                .isEqualTo(unclear("peers names this host 2 times, as ct100:7001 and 192.168.50.11:7001; write the one"
                        + " that the others know it by, and no other of them"));
    }

    @Test
    void isUnclearIfAPeerBesideSelfIsThisHost() {
        assertThat(SelfSearch.find(vip(Optional.of(peer("a:7001")), EVERYWHERE, "ct100:7001", "ct101:7001"), ct100))
                .isEqualTo(unclear("self is a:7001, and peers names this host too, as ct100:7001"));
    }

    @Test
    void isUnclearWhileAPeerThatMayBeThisHostResolvesToNothing() {
        ct100.names.remove("ct100");

        assertThat(found("ct100:7001", "192.168.50.12:7001"))
                .isEqualTo(unclear("can't tell whether this host is one of the peers, since ct100:7001 resolves to"
                        + " nothing now; write as self the host and port that the others know this instance by"));
    }

    @Test
    void isUnclearIfThereIsNoWayToThePeers() {
        assertThat(found("192.168.50.14:7001"))
                .isEqualTo(unclear("none of the peers, 192.168.50.14:7001, is this host, and it reaches them from no"
                        + " address; write as self the host and port that the others know this instance by"));
    }

    @Test
    void isUnclearIfPeersAreReachedFromSeveralAddresses() {
        ct100.sources.put(address("192.168.50.13"), address("10.0.0.1"));

        assertThat(found("192.168.50.12:7001", "192.168.50.13:7001"))
                .isEqualTo(unclear("none of the peers, 192.168.50.12:7001 and 192.168.50.13:7001, is this host, and it"
                        + " reaches them from 192.168.50.11 and 10.0.0.1; write as self the host and port that the"
                        + " others know this instance by"));
    }

    @Test
    void isNeverTheVirtualAddress() {
        ct100.own.add(address("192.168.50.10"));
        ct100.sources.put(address("192.168.50.12"), address("192.168.50.10"));
        ct100.names.put("vip", List.of(address("192.168.50.10")));

        assertThat(found("192.168.50.12:7001").toString()).contains("reaches them from 192.168.50.10; write as self");
        assertThat(found("vip:7001", "192.168.50.11:7001", "192.168.50.12:7001"))
                .isEqualTo(known("192.168.50.11:7001", "vip:7001", "192.168.50.12:7001"));
    }

    @Test
    void isUnclearIfThereIsNobodyElse() {
        assertThat(found("192.168.50.11:7001"))
                .isEqualTo(unclear("peers names nobody but this host, as 192.168.50.11:7001; write the others, or leave"
                        + " peers out"));
    }

    private Membership found(String... peers) {
        return SelfSearch.find(vip(Optional.empty(), EVERYWHERE, peers), ct100);
    }

    private static Membership known(String me, String... others) {
        Map<Member, PeerAddress> all = new HashMap<>();
        List.of(others).forEach(other -> all.put(new Member(other), peer(other)));
        return new Membership.Known(new Member(me), new TreeMap<>(all));
    }

    private static Membership unclear(String problem) {
        return new Membership.Unclear("vip: " + problem);
    }

    private static VipConfig vip(Optional<PeerAddress> self, BindAddress listen, String... peers) {
        return new VipConfig(
                "main",
                List.of(address("192.168.50.10")),
                Optional.empty(),
                VipConfig.DEFAULT_LEASE_TTL,
                new PeersConfig(
                        List.of(peers).stream().map(SelfSearchTest::peer).toList(),
                        self,
                        listen,
                        Optional.of(Path.of("secret"))),
                HandoverConfig.DEFAULTS);
    }

    private static PeerAddress peer(String text) {
        int colon = text.lastIndexOf(':');
        return new PeerAddress(text.substring(0, colon), Integer.parseInt(text.substring(colon + 1)));
    }

    private static InetAddress address(String text) {
        try {
            return InetAddress.getByName(text);
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }
}
