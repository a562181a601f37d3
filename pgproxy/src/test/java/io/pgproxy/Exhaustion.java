package io.pgproxy;

import io.netty.buffer.ByteBufAllocator;
import io.pgproxy.config.LogConfig;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A program that runs out of memory on one of its threads and, but for its guard, would go on. */
final class Exhaustion {
    private static final Logger LOG = LoggerFactory.getLogger(Exhaustion.class);
    private static final List<Object> HELD = new ArrayList<>();

    private Exhaustion() {}

    public static void main(String[] arguments) throws InterruptedException {
        Logging.start(
                new LogConfig(LogConfig.Format.valueOf(arguments[1]), LogConfig.Level.INFO),
                MemoryGuard.start(Logging::flush));
        Thread loop = new Thread(() -> exhaust(arguments[0]), "relay-1");
        loop.setDaemon(true);
        loop.start();
        new CountDownLatch(1).await(); // as main waits for a signal
    }

    private static void exhaust(String what) {
        switch (what) {
            case "heap" -> fill(1 << 16, size -> new byte[size]);
            case "heap, swallowed" -> swallow(() -> fill(1 << 10, size -> new byte[size]));
            case "direct, swallowed" -> swallow(() -> fill(1 << 16, ByteBuffer::allocateDirect));
            case "buffers, logged" -> {
                try {
                    fill(1 << 16, size -> ByteBufAllocator.DEFAULT.directBuffer(size, size));
                } catch (OutOfMemoryError e) {
                    LOG.debug("a session failed, and the next one is welcome", e);
                }
            }
            default -> throw new IllegalArgumentException(what);
        }
    }

    private interface Allocation {
        Object make(int bytes);
    }

    private static void fill(int bytes, Allocation allocation) {
        while (true) {
            HELD.add(allocation.make(bytes));
        }
    }

    private static void swallow(Runnable task) {
        try {
            task.run();
        } catch (OutOfMemoryError e) {
            // as a loop does that wants to live
        }
    }
}
