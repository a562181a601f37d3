package io.pgproxy;

import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The rehearsal of a take-over at the start, of which nothing but speed depends: whatever becomes of it, the program
 * starts, also where a class is not there that only a rehearsal needs. Only a machine that is at its end ends it.
 *
 * @param parts rehearses, and tells whether it came to the end
 */
record FirstRehearsal(BooleanSupplier parts) {
    private static final Logger LOG = LoggerFactory.getLogger(FirstRehearsal.class);

    /** @throws VirtualMachineError such as want of memory, of which nobody may make light */
    void hold() {
        long begunNanos = System.nanoTime();
        try {
            boolean whole = parts.getAsBoolean();
            LOG.info(
                    "rehearsed a take-over in {} ms{}",
                    TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begunNanos),
                    whole ? "" : "; it was broken off, so the first clients after one may be served more slowly");
        } catch (VirtualMachineError e) {
            throw e;
        } catch (RuntimeException | Error e) {
            LOG.warn("no take-over could be rehearsed: the first clients after one may be served more slowly", e);
        }
    }
}
