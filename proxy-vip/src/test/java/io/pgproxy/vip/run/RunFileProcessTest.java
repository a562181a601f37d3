package io.pgproxy.vip.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The lock between processes: it is theirs until they are dead, and not a moment longer. */
@Timeout(60)
class RunFileProcessTest {
    @TempDir
    Path folder;

    private Process run() throws IOException {
        Process run = new ProcessBuilder(
                        System.getProperty("java.home") + File.separator + "bin" + File.separator + "java",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        RunFileChild.class.getName(),
                        folder.toString())
                .redirectError(Redirect.INHERIT)
                .start();
        assertThat(run.inputReader().readLine()).startsWith("taken");
        return run;
    }

    private void kill(Process run, String signal) throws Exception {
        new ProcessBuilder("kill", "-" + signal, Long.toString(run.pid()))
                .start()
                .waitFor();
    }

    @Test
    void aFrozenRunStillHasIt() throws Exception {
        Process run = run();
        kill(run, "STOP");

        assertThatThrownBy(() -> RunFile.take(folder)).hasMessageContaining("another pgproxy");

        kill(run, "KILL");
        run.waitFor();
    }

    @Test
    void aKilledRunHasItNoMore() throws Exception {
        Process run = run();
        kill(run, "KILL");
        run.waitFor();

        try (RunFile next = RunFile.take(folder)) {
            assertThat(next.last()).isEmpty();
        }
    }
}
