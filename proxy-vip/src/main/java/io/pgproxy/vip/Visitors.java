package io.pgproxy.vip;

/** Who came by the virtual address. Called on the vip thread; never waits. */
public interface Visitors {
    /** They may come. */
    void welcome();

    /**
     * Nobody may come any more, and those who are here are ended, at the latest after that time.
     *
     * @param ended called once, on any thread, when none of them is left
     */
    void end(long drainNanos, Runnable ended);
}
