package io.pgproxy.vip.kernel;

import io.pgproxy.vip.VipManager;
import java.util.concurrent.TimeUnit;

/** Tells when this machine was suspended, by the clock that goes on meanwhile. Confined to the vip thread. */
public final class SuspendedTime implements VipManager.StandStill {
    /** The clocks are not read at one instant, and a pause between may look like a little. */
    private static final long TOLERATED_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final Clocks clocks;
    private long knownNanos;

    public SuspendedTime(Kernel kernel) throws KernelException {
        clocks = new Clocks(kernel);
        knownNanos = clocks.suspendedNanos();
    }

    @Override
    public boolean happened() {
        try {
            long suspended = clocks.suspendedNanos();
            boolean happened = suspended - knownNanos > TOLERATED_NANOS;
            knownNanos = suspended;
            return happened;
        } catch (KernelException e) {
            throw new IllegalStateException("a clock that could be read before can't be read any longer", e);
        }
    }
}
