package io.pgproxy.core;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How often one listener came to the end of a limit that refuses nobody but makes something worse: a metric, and one
 * line a minute. Safe from any thread.
 */
final class Overflow {
    private static final Logger LOG = LoggerFactory.getLogger(Overflow.class);

    private final String listener;
    private final String what;
    private final Counter counter;
    private final MinuteCount sinceTheLastLine = new MinuteCount();

    /** @param what what happened to so many, as the metric and the line say it */
    private Overflow(String listener, String metric, String what, MeterRegistry registry) {
        this.listener = listener;
        this.what = what;
        this.counter = Counter.builder(metric)
                .description("How many " + what)
                .tag("listener", listener)
                .register(registry);
    }

    static Overflow ofPoliteRefusals(String listener, MeterRegistry registry) {
        String what = "clients were refused without being heard out, since too many were being refused at once";
        return new Overflow(listener, "pgproxy.listener.refusals.hurried", what, registry);
    }

    static Overflow ofDisappointments(String listener, MeterRegistry registry) {
        String what = "clients that had waited were refused without being heard out, since too many were at once";
        return new Overflow(listener, "pgproxy.listener.disappointments.hurried", what, registry);
    }

    static Overflow ofSourceRates(String listener, MeterRegistry registry) {
        String what = "sources may connect at once again, since their rates were forgotten for those of others";
        return new Overflow(listener, "pgproxy.listener.sources.forgotten", what, registry);
    }

    void add(long nowNanos) {
        counter.increment();
        say(sinceTheLastLine.add(nowNanos));
    }

    /** Says what is left to say of the last minute. */
    void flush(long nowNanos) {
        say(sinceTheLastLine.due(nowNanos));
    }

    private void say(int count) {
        if (count > 0) {
            LOG.warn("listener {}: {} {}", listener, count, what);
        }
    }
}
