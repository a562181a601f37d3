package io.pgproxy.vip.machine.sim;

/** Lengths of time, in nanoseconds, from units that can be read. */
final class Span {
    static final long MICRO = 1_000;
    static final long MILLI = 1_000_000;
    static final long SECOND = 1_000_000_000;

    private Span() {}

    static String seconds(long nanos) {
        return String.format("%.6f", nanos / 1e9);
    }
}
