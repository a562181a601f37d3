package io.pgproxy.vip.kernel;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class FuseKernelTest {
    private static final int KILLED = 128 + 9;
    private static final int REFUSED = 3;
    private static final int UNSHARE_FAILED = 1;

    private record End(int status, String output) {}

    private static End run(List<String> before, String what) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(before);
        command.addAll(List.of(
                System.getProperty("java.home") + File.separator + "bin" + File.separator + "java",
                "-XX:TieredStopAtLevel=1",
                "-Xshare:auto",
                "-cp",
                System.getProperty("java.class.path"),
                FuseChild.class.getName(),
                what));
        Process process =
                new ProcessBuilder(command).redirectError(Redirect.INHERIT).start();
        try {
            assertThat(process.waitFor(30, TimeUnit.SECONDS)).as("it ends").isTrue();
            return new End(
                    process.exitValue(), new String(process.getInputStream().readAllBytes(), UTF_8));
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void killsWhoOversleeps() throws Exception {
        assertThat(run(List.of(), "oversleep")).isEqualTo(new End(KILLED, "armed: true\n"));
    }

    @Test
    void killsWhoActsTooLong() throws Exception {
        assertThat(run(List.of(), "act too long")).isEqualTo(new End(KILLED, "acting\n"));
    }

    /** One process for all that must not kill, as each costs a second. */
    @Test
    void sparesWhoDisarmsOrGivesItBackInTimeAndIsNotArmedForThePast() throws Exception {
        assertThat(run(List.of(), "behave"))
                .isEqualTo(
                        new End(
                                0,
                                """
                        armed for a moment that has passed: false
                        armed: true
                        disarmed in time
                        armed again: true
                        given back in time
                        acting
                        acted: true
                        act: on purpose
                        acted: false
                        """));
    }

    @Test
    void isRefusedWhereItWouldNotWork() throws Exception {
        End end = run(List.of("unshare", "--pid", "--fork", "--kill-child"), "oversleep");

        if (end.status() == UNSHARE_FAILED) {
            throw TwoHosts.cannotRun("no right to make a PID namespace: run as root, or with unshare -Ur");
        }
        assertThat(end.status()).isEqualTo(REFUSED);
        assertThat(end.output()).startsWith("make the fuse: this process is the first of its PID namespace");
    }
}
