package io.pgproxy.core;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for other threads. */
final class Eventually {
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final long STEP_NANOS = TimeUnit.MICROSECONDS.toNanos(500);

    private Eventually() {}

    /** Returns as soon as the condition holds; fails, naming it, if that takes too long. */
    static void eventually(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("did not come true within 10 s: " + what);
            }
            LockSupport.parkNanos(STEP_NANOS);
        }
    }
}
