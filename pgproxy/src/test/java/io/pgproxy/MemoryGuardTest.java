package io.pgproxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproxy.config.LogConfig.Format;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A program without memory ends and says so, whoever got the error and whatever became of it. */
@Timeout(60)
class MemoryGuardTest {
    private static final List<String> SMALL =
            List.of("-Xmx24m", "-XX:MaxDirectMemorySize=4m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");

    @ParameterizedTest
    @ValueSource(strings = {"heap", "heap, swallowed", "direct, swallowed", "buffers, logged"})
    void endsTheProgram(String what) throws Exception {
        try (ChildProgram program = ChildProgram.ofTest(Exhaustion.class, SMALL, what, Format.PLAIN.name())) {
            assertThat(program.exitCode()).isEqualTo(1);
            assertThat(program.output().lines().filter(line -> line.startsWith("pgproxy: out of memory, ")))
                    .singleElement()
                    .asString()
                    .contains("OutOf");
        }
    }

    @Test
    void whatWasLoggedBeforeIsWritten() throws Exception {
        try (ChildProgram program =
                ChildProgram.ofTest(Exhaustion.class, SMALL, "buffers, logged", Format.JSON.name())) {
            assertThat(program.exitCode()).isEqualTo(1);
            assertThat(program.output()).startsWith("{\"timestamp\":").contains("\"message\":\"pgproxy development on");
        }
    }
}
