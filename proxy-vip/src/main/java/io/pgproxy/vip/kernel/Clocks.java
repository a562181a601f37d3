package io.pgproxy.vip.kernel;

import java.nio.ByteBuffer;

/** Clocks of the kernel that Java does not show. Confined to one thread. */
public final class Clocks {
    private static final int MONOTONIC = 1;
    private static final int BOOT_TIME = 7;
    private static final long NANOS_PER_SECOND = 1_000_000_000L;
    private static final int TIME_BYTES = 16;
    private static final int ATTEMPTS = 3;

    private final Kernel kernel;
    private final ByteBuffer time = Kernel.buffer(TIME_BYTES);

    public Clocks(Kernel kernel) {
        this.kernel = kernel;
    }

    /** What {@link System#nanoTime()} is made of on Linux; {@link Fuse} makes sure of it. */
    public long monotonicNanos() throws KernelException {
        return read(MONOTONIC);
    }

    /**
     * How long this machine has been suspended since it was started: the clock that goes on meanwhile, less the one
     * that does not. What grows between two looks is what {@link System#nanoTime()} did not count. A virtual machine
     * that its host stops without a word to it stops with both clocks; nothing inside can see that, but by asking
     * others.
     */
    public long suspendedNanos() throws KernelException {
        long suspended = 0;
        long closest = Long.MAX_VALUE;
        for (int i = 0; i < ATTEMPTS; i++) {
            long before = read(MONOTONIC);
            long boot = read(BOOT_TIME);
            long after = read(MONOTONIC);
            // They are not read at one instant; the pair with the least time between counts.
            if (after - before < closest) {
                closest = after - before;
                suspended = boot - before;
            }
        }
        return suspended;
    }

    private long read(int clock) throws KernelException {
        if (kernel.calls().clockGettime(clock, time) < 0) {
            throw kernel.failure("read a clock");
        }
        return time.getLong(0) * NANOS_PER_SECOND + time.getLong(Long.BYTES);
    }
}
