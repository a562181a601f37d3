package io.pgproxy.vip;

/** Nobody came by the address. */
final class NobodyVisits implements Visitors {
    @Override
    public void welcome() {}

    @Override
    public void end(long drainNanos, Runnable ended) {
        ended.run();
    }
}
