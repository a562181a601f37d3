package io.pgproxy.vip.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgproxy.config.BindAddress;
import io.pgproxy.config.HandoverConfig;
import io.pgproxy.config.PeerAddress;
import io.pgproxy.config.PeersConfig;
import io.pgproxy.config.VipConfig;
import io.pgproxy.vip.machine.Instance;
import io.pgproxy.vip.machine.Member;
import io.pgproxy.vip.run.Run;
import io.pgproxy.vip.run.RunFile;
import io.pgproxy.vip.run.StopPost;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The step after the program's end, against a kernel with the address that a dead run has left. */
@Timeout(60)
class StopPostKernelTest {
    private static final InetAddress VIP = Addresses.of("192.168.50.10");
    private static final int PORT = 7001;

    @RegisterExtension
    final TwoHosts hosts = new TwoHosts();

    @TempDir
    Path folder;

    private final List<String> told = new ArrayList<>();
    private DatagramSocket peer;

    @BeforeEach
    void leaveTheAddressBehind() throws Exception {
        hosts.near("addr add 192.168.50.10/32 dev near0 valid_lft 60 preferred_lft 0");
        peer = hosts.open(hosts.onFar(() -> new DatagramSocket(new InetSocketAddress("192.168.50.12", PORT))));
        peer.setSoTimeout(2_000);
    }

    private VipConfig config() throws IOException {
        Path secret = folder.resolve("secret");
        Files.writeString(secret, "0123456789abcdef\n");
        Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));
        return new VipConfig(
                "main",
                List.of(VIP),
                Optional.empty(),
                Duration.ofSeconds(3),
                new PeersConfig(List.of(), Optional.empty(), new BindAddress("*", PORT), Optional.of(secret)),
                HandoverConfig.DEFAULTS);
    }

    private void run(boolean endsCleanly) throws IOException {
        try (RunFile file = RunFile.take(folder)) {
            file.write(Run.begun(
                    config(),
                    new Instance(new Member("192.168.50.11:7001"), 42),
                    Map.of(new PeerAddress("192.168.50.12", PORT), List.of(Addresses.of("192.168.50.12")))));
            if (endsCleanly) {
                file.endedCleanly();
            }
        }
    }

    private boolean stopPost() throws Exception {
        return new StopPost(folder, told::add).perform();
    }

    private boolean isHere() throws KernelException {
        return !hosts.table().dump(List.of(VIP)).isEmpty();
    }

    private DatagramPacket heard() throws IOException {
        DatagramPacket packet = new DatagramPacket(new byte[2_000], 2_000);
        peer.receive(packet);
        return packet;
    }

    @Test
    void takesTheAddressOfADeadRunOffAndTellsThePeer() throws Exception {
        run(false);

        assertThat(stopPost()).isTrue();

        assertThat(isHere()).isFalse();
        assertThat(heard().getPort()).as("from the dead run's port").isEqualTo(PORT);
        assertThat(told.toString()).contains("192.168.50.11:7001/2a died", "told [192.168.50.12:7001]");
    }

    @Test
    void saysItSeveralTimes() throws Exception {
        run(false);

        stopPost();

        for (int i = 0; i < 5; i++) {
            assertThat(heard().getLength()).isPositive();
        }
    }

    @Test
    void doesSoOnce() throws Exception {
        run(false);
        stopPost();
        hosts.near("addr add 192.168.50.10/32 dev near0");
        told.clear();

        stopPost();

        assertThat(isHere()).isTrue();
        assertThat(told).isEmpty();
    }

    @Test
    void leavesEverythingAloneAfterACleanEnd() throws Exception {
        run(true);

        assertThat(stopPost()).isFalse();

        assertThat(isHere()).isTrue();
        assertThat(told).isEmpty();
    }

    @Test
    void leavesEverythingAloneWhereThereNeverWasARun() throws Exception {
        stopPost();

        assertThat(isHere()).isTrue();
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void refusesWhileTheRunIsAlive() throws Exception {
        run(false);
        try (RunFile alive = RunFile.take(folder)) {
            assertThat(alive.last()).isPresent();
            assertThatThrownBy(this::stopPost).hasMessageContaining("another pgproxy");
        }
        assertThat(isHere()).isTrue();
    }

    /** A secret that can't be read must not leave the address behind. */
    @Test
    void takesTheAddressOffEvenIfThePeersCannotBeTold() throws Exception {
        run(false);
        Files.delete(folder.resolve("secret"));

        assertThatThrownBy(this::stopPost).hasMessageContaining("the peers can't be told");
        assertThat(isHere()).isFalse();
    }

    @Test
    void takesOffWhatSomebodyElsePutOnWithAnotherPrefixToo() throws Exception {
        hosts.near("addr add 192.168.50.10/24 dev near0");
        run(false);

        stopPost();

        assertThat(isHere()).isFalse();
    }
}
