package io.pgproxy.vip.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Against a receiver in another language: Java can neither send nor hear such datagrams. */
@Timeout(60)
class LocalDatagramsKernelTest {
    private static final String RECEIVER =
            """
            import socket, sys
            path = sys.argv[1]
            line = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            line.bind('\\0' + path[1:] if path.startswith('@') else path)
            print('ready', flush=True)
            print(line.recv(100).decode(), flush=True)
            """;

    @TempDir
    Path folder;

    private @Nullable Process receiver;

    @AfterEach
    void end() {
        if (receiver != null) {
            receiver.destroyForcibly();
        }
    }

    private String heardAt(String path) throws Exception {
        Process process = new ProcessBuilder("python3", "-c", RECEIVER, path).start();
        receiver = process;
        BufferedReader says = process.inputReader();
        assertThat(says.readLine()).isEqualTo("ready");
        try (LocalDatagrams line = new LocalDatagrams(Kernel.load(), path)) {
            line.send("READY=1");
        }
        return says.readLine();
    }

    @Test
    void reachAFile() throws Exception {
        assertThat(heardAt(folder.resolve("notify").toString())).isEqualTo("READY=1");
    }

    @Test
    void reachAnAbstractName() throws Exception {
        assertThat(heardAt("@pgproxy-" + ProcessHandle.current().pid())).isEqualTo("READY=1");
    }

    @Test
    void sayWhyNobodyWasReached() throws Exception {
        String path = folder.resolve("nobody").toString();
        try (LocalDatagrams line = new LocalDatagrams(Kernel.load(), path)) {
            assertThatThrownBy(() -> line.send("READY=1"))
                    .isInstanceOf(KernelException.class)
                    .hasMessageContaining("send to " + path + ": ENOENT");
        }
    }

    @Test
    void refuseWhatIsNoPath() {
        assertThatThrownBy(() -> new LocalDatagrams(Kernel.load(), "notify")).hasMessageContaining("no path");
        assertThatThrownBy(() -> new LocalDatagrams(Kernel.load(), "/" + "x".repeat(200)))
                .hasMessageContaining("no path");
    }
}
