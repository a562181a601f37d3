package io.pgproxy;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Ends the program when it has run out of memory, of heap or for socket buffers, so that it is started again: whoever
 * got the error may have been a loop with all its sessions, and a proxy that lost one looks alive and is not. Safe from
 * any thread.
 *
 * <p>It is shown what is logged and what ends a thread; and since an error can be swallowed, it asks for a little of
 * either memory every second. All that it needs for the end is there from the beginning: two threads, the words, and a
 * reserve of heap.
 */
final class MemoryGuard implements Consumer<Throwable> {
    private static final String LAST_WORDS =
            "pgproxy: out of memory, ending with exit code 1 so that it can be started again: ";
    private static final int RESERVE_BYTES = 512 * 1024;
    private static final int PROBE_BYTES = 64 * 1024;
    private static final long PROBE_INTERVAL_SECONDS = 1;
    /** Above what the log may take to write its last lines; a reader that hangs must not keep us. */
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(4);

    private static final int MAX_CAUSES = 10;

    private final FileOutputStream standardError = new FileOutputStream(FileDescriptor.err);
    private final UnpooledByteBufAllocator directMemory = new UnpooledByteBufAllocator(true, true);
    private final CountDownLatch exhausted = new CountDownLatch(1);
    private final Runnable flush;
    private volatile @Nullable Throwable reason;

    @SuppressWarnings("UnusedVariable") // It is there to be let go.
    private volatile byte @Nullable [] reserve = new byte[RESERVE_BYTES];

    @SuppressWarnings("UnusedVariable") // It is asked for, and nobody wants it.
    private volatile byte @Nullable [] probe;

    private MemoryGuard(Runnable flush) {
        this.flush = flush;
    }

    /** @param flush writes what waits to be logged */
    static MemoryGuard start(Runnable flush) {
        MemoryGuard guard = new MemoryGuard(flush);
        daemon("memory", guard::watch);
        daemon("memory deadline", guard::endInTime);
        return guard;
    }

    private static void daemon(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
    }

    /** Somebody caught this. */
    @Override
    public void accept(Throwable thrown) {
        Throwable cause = thrown;
        for (int i = 0; cause != null && i < MAX_CAUSES; i++) {
            if (cause instanceof OutOfMemoryError) {
                reason = cause;
                exhausted.countDown();
                return;
            }
            cause = cause.getCause();
        }
    }

    private void watch() {
        try {
            while (!exhausted.await(PROBE_INTERVAL_SECONDS, TimeUnit.SECONDS)) {
                probe = new byte[PROBE_BYTES]; // a field, or the compiler could leave it out
                probe = null;
                directMemory.directBuffer(PROBE_BYTES).release();
            }
        } catch (OutOfMemoryError e) {
            accept(e);
        } catch (InterruptedException e) {
            return; // nobody does that
        }
        end();
    }

    /** Without shutdown hooks or main, which may be out of order. */
    private void end() {
        reserve = null;
        try {
            standardError.write((LAST_WORDS + reason + '\n').getBytes(UTF_8)); // at once, or others' lines come between
            flush.run();
        } catch (IOException | RuntimeException | Error e) {
            // There is nobody left to tell.
        } finally {
            Runtime.getRuntime().halt(ExitCode.FAILURE.number());
        }
    }

    private void endInTime() {
        try {
            exhausted.await();
        } catch (InterruptedException e) {
            return; // nobody does that
        }
        long deadlineNanos = System.nanoTime() + PATIENCE_NANOS;
        while (deadlineNanos - System.nanoTime() > 0) {
            LockSupport.parkNanos(deadlineNanos - System.nanoTime());
        }
        Runtime.getRuntime().halt(ExitCode.FAILURE.number());
    }
}
