package io.pgproxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgproxy.config.PgproxyConfig;
import io.pgproxy.config.yaml.ConfigLoader;
import io.pgproxy.config.yaml.LoadResult.Loaded;
import io.pgproxy.vip.Visitors;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is refused before the kernel is asked for anything; no rights are needed up to there. */
@Timeout(30)
class VirtualAddressesTest {
    private static final String ALONE = "interface: lo";
    private static final String PLAIN_ETCD = "endpoints: [\"http://127.0.0.1:1\"]";
    private static final String ETCD_WITH_A_WRONG_FILE = "endpoints: [\"https://127.0.0.1:1\"], ca-file: secret";

    @TempDir
    private Path folder;

    @Test
    void aFolderThatIsNotThereMayCome() {
        assertThatThrownBy(() -> make(ALONE, PLAIN_ETCD, folder.resolve("none")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(folder.resolve("none/vip.lock").toString());
    }

    @Test
    void aSecretThatOthersMayReadIsAMistakeInTheConfiguration() throws Exception {
        assertThatThrownBy(() -> make(withPeers(7001, secret("rw-r--r--")), PLAIN_ETCD, folder))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("has the mode rw-r--r--");
    }

    @Test
    void aFileThatIsNoneOfEtcdsIsOneToo() throws Exception {
        secret("rw-------");
        assertThatThrownBy(() -> make(ALONE, ETCD_WITH_A_WRONG_FILE, folder))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("etcd.ca-file: cannot use " + folder.resolve("secret"));
    }

    @Test
    void whoFindsHimselfTwiceAmongThePeersIsRefused() throws Exception {
        String twice = "peers: [\"127.0.0.1:7001\", \"127.0.0.2:7001\"], secret-file: " + secret("rw-------");
        assertThatThrownBy(() -> make(twice, PLAIN_ETCD, folder))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("peers names this host 2 times");
    }

    @Test
    void whatWasOpenedIsClosedWhereMoreIsRefused() throws Exception {
        int port = freePort();
        assertThatThrownBy(() -> make(withPeers(port, secret("rw-------")), ETCD_WITH_A_WRONG_FILE, folder))
                .hasMessageContaining("etcd.ca-file");
        try (DatagramSocket again = new DatagramSocket(port, InetAddress.getLoopbackAddress())) {
            assertThat(again.isBound()).isTrue();
        }
    }

    private static int freePort() throws IOException {
        try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static String withPeers(int port, Path secret) {
        return "self: \"127.0.0.1:" + port + "\", peers: [\"192.0.2.2:7001\"], listen: \"127.0.0.1:" + port
                + "\", secret-file: " + secret;
    }

    private Path secret(String mode) throws IOException {
        Path file = Files.writeString(folder.resolve("secret"), "0123456789abcdef0123456789abcdef0123456789ab\n");
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
    }

    private VirtualAddresses make(String vip, String etcd, Path runFolder) throws IOException {
        String text = "nodes: [{name: pg102, host: pg102}]\n"
                + "vip: {name: main, addresses: [192.0.2.10], " + vip + "}\n"
                + "etcd: {" + etcd + "}\n";
        PgproxyConfig config = ((Loaded) ConfigLoader.parse(text, folder)).config();
        return new VirtualAddresses(
                config.vip().orElseThrow(), config.etcd(), runFolder, true, new Nobody(), new AddressNews());
    }

    private static final class Nobody implements Visitors {
        @Override
        public void welcome() {}

        @Override
        public void end(long drainNanos, Runnable ended) {
            ended.run();
        }
    }
}
