package io.pgproxy;

import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The way down: every step is taken, whatever became of those before it. Confined to the main thread. */
final class StopSteps {
    private static final Logger LOG = LoggerFactory.getLogger(StopSteps.class);

    private final Map<String, Step> steps = new LinkedHashMap<>();

    /** Something that ends a part of the program, and may fail. */
    @FunctionalInterface
    interface Step {
        void take() throws Exception;
    }

    StopSteps then(String name, Step step) {
        steps.put(name, step);
        return this;
    }

    /** Takes the steps, in order; returns whether all of them went well. */
    @SuppressWarnings(
            "InterruptedExceptionSwallowed") // Nobody interrupts main; if somebody did, the rest still counts.
    boolean take() {
        boolean well = true;
        for (Map.Entry<String, Step> step : steps.entrySet()) {
            try {
                step.getValue().take();
            } catch (Exception | AssertionError e) {
                LOG.error("stopping: {} failed", step.getKey(), e);
                well = false;
            }
        }
        return well;
    }
}
