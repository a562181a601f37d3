package io.pgproxy.vip.kernel;

import java.nio.ByteBuffer;

/**
 * Ends this process, by the kernel's hand, if it has not disarmed the fuse by a given moment: kill -9, which no pause
 * of the process itself can hold up. It is armed around a call that must not act late. A request to put an address on
 * that is held up between our look at the clock and the kernel would put on again what has expired meanwhile, and
 * nothing else can stop it then.
 *
 * <p>Moments are those of {@link System#nanoTime()}. Confined to one thread. No descriptor.
 */
public final class Fuse implements AutoCloseable {
    private static final int CLOCK_MONOTONIC = 1;
    private static final int ABSOLUTE_TIME = 1;
    private static final int SIGKILL = 9;
    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    /** {@code struct sigevent}; behind a value that nobody reads, the signal, and 0 for "send it". */
    private static final int EVENT_BYTES = 64;

    private static final int SIGNAL_AT = 8;

    /** {@code struct itimerspec}: how often again, which stays 0, and when first; seconds and nanoseconds. */
    private static final int TIMER_BYTES = 32;

    private static final int FIRST_SECONDS_AT = 16;
    private static final int FIRST_NANOS_AT = 24;

    /** With less than this left nothing is begun: to be killed for nothing is worse than to wait. */
    private static final long LEAST_NANOS = 20_000_000;

    private final Kernel kernel;
    private final long timer;
    private final ByteBuffer time = Kernel.buffer(TIMER_BYTES);

    /** Fails where the fuse would not work, with the reason. */
    public Fuse(Kernel kernel) throws KernelException {
        this.kernel = kernel;
        if (kernel.posix().getpid() == 1) {
            throw new KernelException(
                    "make the fuse",
                    "this process is the first of its PID namespace, where kill -9 from inside is ignored; start it"
                            + " under an init");
        }
        checkClock();
        ByteBuffer event = Kernel.buffer(EVENT_BYTES);
        event.putInt(SIGNAL_AT, SIGKILL);
        ByteBuffer made = Kernel.buffer(Long.BYTES);
        try {
            if (kernel.calls().timerCreate(CLOCK_MONOTONIC, event, made) < 0) {
                throw kernel.failure("make the fuse");
            }
        } catch (UnsatisfiedLinkError e) {
            throw new KernelException("make the fuse", "glibc before 2.34 has no timer_create", e);
        }
        timer = made.getLong(0);
    }

    /** Nobody promises that Java's clock has the kernel's zero. On Linux it has, and a fuse needs that. */
    private void checkClock() throws KernelException {
        long before = System.nanoTime();
        long kernels = new Clocks(kernel).monotonicNanos();
        long after = System.nanoTime();
        if (kernels < before || kernels > after) {
            throw new KernelException("make the fuse", "System.nanoTime is not CLOCK_MONOTONIC on this Java");
        }
    }

    /** What must not act late. */
    @FunctionalInterface
    interface Act {
        void run() throws KernelException;
    }

    /**
     * Does it by that moment or not at all. What can be prepared is prepared before: while the fuse is armed, each
     * class that has to be loaded and each pause for memory brings the end nearer.
     *
     * @return false if too little time is left, and nothing was done
     */
    boolean guard(long atNanos, Act act) throws KernelException {
        if (atNanos - System.nanoTime() < LEAST_NANOS || !arm(atNanos)) {
            return false;
        }
        try {
            act.run();
        } finally {
            disarm();
        }
        return true;
    }

    /**
     * From now on the process ends at that moment.
     *
     * @return false, and nothing is armed, if the moment has passed: whoever has done nothing yet need not die for it
     */
    public boolean arm(long atNanos) throws KernelException {
        if (System.nanoTime() - atNanos >= 0) {
            return false;
        }
        set(atNanos);
        return true;
    }

    /** Nothing ends the process any longer. Should this fail, the process ends, as nobody knows better. */
    public void disarm() throws KernelException {
        set(0);
    }

    private void set(long atNanos) throws KernelException {
        time.putLong(FIRST_SECONDS_AT, atNanos / NANOS_PER_SECOND).putLong(FIRST_NANOS_AT, atNanos % NANOS_PER_SECOND);
        if (kernel.calls().timerSettime(timer, ABSOLUTE_TIME, time, null) < 0) {
            throw kernel.failure(atNanos == 0 ? "disarm the fuse" : "arm the fuse");
        }
    }

    @Override
    public void close() {
        kernel.calls().timerDelete(timer);
    }
}
