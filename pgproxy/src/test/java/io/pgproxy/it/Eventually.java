package io.pgproxy.it;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Waits for a condition until a deadline: the only place in these tests where time passes on purpose. */
final class Eventually {
    private static final long BETWEEN_TWO_LOOKS_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private Eventually() {}

    /** Returns as soon as it is so; fails with {@code what} after the deadline. */
    static void until(String what, Duration deadline, Callable<Boolean> isSo) {
        until(what, deadline, isSo, Boolean::booleanValue, () -> "");
    }

    /** The same; a failure also says what the situation was. */
    static void until(String what, Duration deadline, Callable<Boolean> isSo, Supplier<String> situation) {
        until(what, deadline, isSo, Boolean::booleanValue, situation);
    }

    /** The first value that fits; the last one that did not is in the failure. */
    static <T> T until(String what, Duration deadline, Callable<T> look, Predicate<T> fits) {
        return until(what, deadline, look, fits, () -> "");
    }

    /** The same; a failure also says what the situation was. */
    static <T> T until(
            String what, Duration deadline, Callable<T> look, Predicate<T> fits, Supplier<String> situation) {
        long start = System.nanoTime();
        Object last;
        do {
            try {
                T seen = look.call();
                if (fits.test(seen)) {
                    return seen;
                }
                last = seen;
            } catch (Exception | AssertionError e) {
                last = e;
            }
            LockSupport.parkNanos(BETWEEN_TWO_LOOKS_NANOS);
        } while (System.nanoTime() - start < deadline.toNanos());
        throw new AssertionError(
                "not within " + deadline.toSeconds() + " s: " + what + "; at last: " + last + situation.get());
    }
}
