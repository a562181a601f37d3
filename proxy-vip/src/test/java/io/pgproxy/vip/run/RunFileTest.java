package io.pgproxy.vip.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgproxy.config.BindAddress;
import io.pgproxy.config.PeerAddress;
import io.pgproxy.vip.machine.Instance;
import io.pgproxy.vip.machine.Member;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RunFileTest {
    private static final Run RUN = new Run(
            new Instance(new Member("ct100:7001"), 0xfedcba9876543210L),
            "main",
            List.of(address("192.168.50.10"), address("fd00:50::10")),
            new BindAddress("*", 7001),
            Map.of(new PeerAddress("fd00:50::12", 7001), List.of(address("fd00:50::12"), address("10.0.0.2"))),
            Optional.of(Path.of("/etc/pgproxy/the secret=1")),
            Run.End.NONE);

    @TempDir
    Path folder;

    private static InetAddress address(String text) {
        try {
            return InetAddress.getByName(text);
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void readsWhatItHasWritten() throws IOException {
        assertThat(Run.read(RUN.text())).isEqualTo(RUN);
    }

    @Test
    void aPeerWhoseNameDidNotResolveIsOneWithoutAddresses() throws IOException {
        Run run = new Run(
                RUN.me(),
                RUN.group(),
                RUN.addresses(),
                RUN.listen(),
                Map.of(new PeerAddress("ct101", 7001), List.of()),
                Optional.empty(),
                Run.End.TIDIED);

        assertThat(Run.read(run.text())).isEqualTo(run);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "end=NONE", "\n\n", "boot=", "peer =", "\u0000"})
    void refusesWhatIsNotWhole(String text) {
        assertThatThrownBy(() -> Run.read(text)).isInstanceOf(IOException.class);
    }

    /** Java would ask the resolver for it, at a moment when everybody waits. */
    @ParameterizedTest
    @ValueSource(strings = {"ct101", "1", "1.2", "localhost", "::1%eth0"})
    void takesNothingButAddressesForAddresses(String name) {
        String text = RUN.text().replace("192.168.50.10", name);

        assertThatThrownBy(() -> Run.read(text)).isInstanceOf(IOException.class);
    }

    @Test
    void everyLineCutOffIsNoticedOrChangesNothingThatIsNeeded() {
        String text = RUN.text();
        Stream.of("end", "member", "boot", "group", "addresses", "listen-host", "listen-port")
                .forEach(key -> assertThatThrownBy(() -> Run.read(text.replace(key + "=", "no" + key + "=")))
                        .as(key)
                        .isInstanceOf(IOException.class));
    }

    @Test
    void whatIsWrittenIsForItsOwnerOnly() throws IOException {
        try (RunFile file = RunFile.take(folder)) {
            file.write(RUN);
        }
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).hasSize(2).allSatisfy(path -> assertThat(
                            PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                    .isEqualTo("rw-------"));
        }
    }

    @Test
    void aSecondOneIsRefusedInWords() throws IOException {
        try (RunFile first = RunFile.take(folder)) {
            assertThat(first.last()).isEmpty();
            assertThatThrownBy(() -> RunFile.take(folder))
                    .isInstanceOf(IOException.class)
                    .hasMessage("another pgproxy with a virtual address runs on this host: it holds "
                            + folder.resolve("vip.lock"));
        }
    }

    @Test
    void aCleanEndIsWritten() throws IOException {
        try (RunFile file = RunFile.take(folder)) {
            file.write(RUN);
            file.endedCleanly();
        }
        try (RunFile next = RunFile.take(folder)) {
            assertThat(next.last()).contains(RUN.ended(Run.End.CLEAN));
        }
    }

    @Test
    void withoutItsFolderNothingIsTaken() {
        assertThatThrownBy(() -> RunFile.take(folder.resolve("gone")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("can't open " + folder.resolve("gone"));
    }
}
