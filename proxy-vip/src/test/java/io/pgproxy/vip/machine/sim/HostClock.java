package io.pgproxy.vip.machine.sim;

/**
 * CLOCK_MONOTONIC of one host: it began at its own time and runs at its own rate. A machine sees no other.
 *
 * @param rate how many of its seconds pass in a true one
 */
record HostClock(Agenda agenda, long offsetNanos, double rate) {
    long nowNanos() {
        return offsetNanos + (long) (agenda.nowNanos() * rate);
    }

    /** The first instant of true time at which this clock shows that time or a later one. */
    long trueNanos(long hostNanos) {
        return (long) Math.ceil((hostNanos - offsetNanos) / rate) + 1;
    }

    /** How much true time passes while this clock counts that. */
    long trueLengthNanos(long hostLengthNanos) {
        return (long) (hostLengthNanos / rate);
    }
}
