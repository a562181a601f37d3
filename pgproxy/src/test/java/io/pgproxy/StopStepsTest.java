package io.pgproxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class StopStepsTest {
    private final List<String> taken = new ArrayList<>();

    @Test
    void takesTheStepsInOrder() {
        boolean well = new StopSteps()
                .then("drain", () -> taken.add("drain"))
                .then("close", () -> taken.add("close"))
                .take();

        assertThat(taken).containsExactly("drain", "close");
        assertThat(well).isTrue();
    }

    @Test
    void aFailedStepStopsNoOther() {
        boolean well = new StopSteps()
                .then("drain", () -> {
                    throw new IOException("on purpose");
                })
                .then("sessions", () -> {
                    throw new IllegalStateException("on purpose");
                })
                .then("health", () -> taken.add("health"))
                .take();

        assertThat(taken).containsExactly("health");
        assertThat(well).isFalse();
    }
}
