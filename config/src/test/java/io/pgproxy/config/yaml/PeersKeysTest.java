package io.pgproxy.config.yaml;

import static io.pgproxy.config.yaml.Parsing.NODES_AND_ETCD;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgproxy.config.BindAddress;
import io.pgproxy.config.HandoverConfig;
import io.pgproxy.config.PeerAddress;
import io.pgproxy.config.PeersConfig;
import io.pgproxy.config.VipConfig;
import io.pgproxy.config.yaml.LoadResult.Loaded;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PeersKeysTest {
    @TempDir
    Path folder;

    private Path secret;

    @BeforeEach
    void writesASecret() throws IOException {
        secret = Files.writeString(folder.resolve("secret"), "");
    }

    @Test
    void readsEveryKey() {
        assertThat(vip("peers: [\"192.168.50.12:7001\"], self: \"ct100:7001\", listen: \"10.0.0.1:7002\","
                                + " secret-file: secret")
                        .peers())
                .isEqualTo(new PeersConfig(
                        List.of(new PeerAddress("192.168.50.12", 7001)),
                        Optional.of(new PeerAddress("ct100", 7001)),
                        new BindAddress("10.0.0.1", 7002),
                        Optional.of(secret)));
    }

    @Test
    void needsNoMoreThanPeersAndASecret() {
        VipConfig vip = vip("peers: [\"192.168.50.12:7001\"], secret-file: secret");

        assertThat(vip.peers().self()).isEmpty();
        assertThat(vip.peers().listen()).isEqualTo(new BindAddress("*", 7001));
        assertThat(vip.leaseTtl()).isEqualTo(VipConfig.DEFAULT_LEASE_TTL);
    }

    @ParameterizedTest
    @CsvSource({
        "CT101.Example.ORG.:7001, ct101.example.org:7001",
        "'[FD00:0:0::12]:7001', '[fd00::12]:7001'",
        "'[::ffff:10.0.0.1]:7001', 10.0.0.1:7001"
    })
    void takesAllSpellingsOfAPeerForOne(String written, String known) {
        assertThat(vip("peers: [\"" + written + "\"], secret-file: secret")
                        .peers()
                        .peers())
                .singleElement()
                .hasToString(known);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"', // the messages have the other
            value = {
                "192.168.50.12 | '192.168.50.12' is not a host and a port; write 192.168.50.12:7001, ct101:7001 or"
                        + " [fd00::12]:7001",
                "fd00::12:7001 | 'fd00::12:7001' is not a host and a port; write 192.168.50.12:7001, ct101:7001 or"
                        + " [fd00::12]:7001",
                "[ct101]:7001 | 'ct101' is not an IPv6 address; write 192.168.50.12:7001, ct101:7001 or"
                        + " [fd00::12]:7001",
                "0.0.0.0:7001 | '0.0.0.0' is not the address of one host; write 192.168.50.12:7001, ct101:7001 or"
                        + " [fd00::12]:7001",
                "192.168.50.256:7001 | '192.168.50.256' is not a host name or an IP address",
                "ct101:0 | the port '0' is out of range; write 1 to 65535",
                "ct101:seven | the port 'seven' is not a whole number; write 1 to 65535"
            })
    void refusesWhatIsNoPeer(String written, String why) {
        assertThat(problems("peers: [\"" + written + "\"], secret-file: secret"))
                .containsExactly("line 1: vip.peers[0]: " + why);
    }

    @Test
    void refusesAPeerThatIsWrittenTwice() {
        assertThat(problems("peers: [\"a:1\", \"b:1\", \"A.:1\", \"a:2\"], secret-file: secret"))
                .containsExactly("line 1: vip.peers: names a:1 twice");
    }

    @Test
    void refusesPeersThatAreNobodyElse() {
        assertThat(problems("peers: [\"a:1\"], self: \"a:1\", secret-file: secret"))
                .containsExactly("line 1: vip.peers: names nobody but this instance itself, see self");
    }

    @Test
    void refusesPeersWithoutASecret() {
        assertThat(problems("peers: [\"a:1\"]"))
                .containsExactly(
                        "line 1: vip.secret-file: is required with peers;" + " openssl rand -base64 32 makes a secret");
    }

    @Test
    void refusesASecretThatIsNotThere() {
        assertThat(problems("peers: [\"a:1\"], secret-file: other"))
                .containsExactly("line 1: vip.secret-file: there is no file '" + folder.resolve("other") + "'");
    }

    @Test
    void refusesWhatIsNeverUsedWithoutPeers() {
        assertThat(problems("listen: \"*:7001\", secret-file: secret, handover-after: 5s, priority: 200, preempt: 1m"))
                .containsExactly(
                        "line 1: vip.listen: is never used: there are no peers",
                        "line 1: vip.secret-file: is never used: there are no peers",
                        "line 1: vip.handover-after: is never used: there are no peers",
                        "line 1: vip.priority: is never used: there are no peers",
                        "line 1: vip.preempt: is never used: there are no peers");
    }

    @Test
    void readsWhereTheAddressIsToBe() {
        assertThat(vip("peers: [\"a:1\"], secret-file: secret, handover-after: off, priority: 200, preempt: 30s")
                        .handover())
                .isEqualTo(
                        new HandoverConfig(Duration.ZERO, Optional.empty(), 200, Optional.of(Duration.ofSeconds(30))));
    }

    @Test
    void refusesWhatIsOutOfRange() {
        assertThat(problems("peers: [\"a:1\"], secret-file: secret, handover-after: 0s, priority: 256, preempt: true"))
                .containsExactly(
                        "line 1: vip.handover-after: '0s' is out of range; write 1s to 1h, or off",
                        "line 1: vip.priority: '256' is out of range; write 1 to 255",
                        "line 1: vip.preempt: 'true' is not a duration; write 1s to 1h, with the unit ms, s, m or h,"
                                + " or off");
    }

    @Test
    void refusesToTalkByTheVirtualAddress() {
        assertThat(problems("peers: [\"a:1\", \"10.0.0.10:7001\"], self: \"10.0.0.10:7002\","
                        + " listen: \"10.0.0.10:7001\", secret-file: secret"))
                .containsExactly(
                        "line 1: vip.peers: names one of the virtual addresses; members talk by their hosts' own",
                        "line 1: vip.self: names one of the virtual addresses; members talk by their hosts' own",
                        "line 1: vip.listen: names one of the virtual addresses; members talk by their hosts' own");
    }

    @Test
    void refusesALeaseThatIsTooShortToAskPeers() {
        assertThat(problems("peers: [\"a:1\"], secret-file: secret, lease-ttl: 2s"))
                .containsExactly("line 1: vip.lease-ttl: 2s is too short: noticing that etcd is silent and asking the"
                        + " peers takes up to 1.6 s, and 0.6 s more are kept for inexact clocks and a late kernel;"
                        + " write 3s to 1m");
    }

    private VipConfig vip(String keys) {
        LoadResult result = ConfigLoader.parse(yaml(keys), folder);
        assertThat(Parsing.problems(result)).isEmpty();
        return ((Loaded) result).config().vip().orElseThrow();
    }

    private List<String> problems(String keys) {
        return Parsing.problems(ConfigLoader.parse(yaml(keys), folder));
    }

    private static String yaml(String keys) {
        return "vip: {name: a, addresses: [10.0.0.10], " + keys + "}" + NODES_AND_ETCD;
    }
}
