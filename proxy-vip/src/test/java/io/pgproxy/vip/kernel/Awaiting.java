package io.pgproxy.vip.kernel;

import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Reads a socket until something has come of it. */
final class Awaiting {
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(5);

    private Awaiting() {}

    static void until(Kernel kernel, Receiver receiver, String what, BooleanSupplier happened) throws KernelException {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        receiver.receive();
        while (!happened.getAsBoolean()) {
            long leftNanos = deadline - System.nanoTime();
            if (leftNanos <= 0) {
                throw new AssertionError("not within 5 s: " + what);
            }
            readable(kernel, receiver, (int) (leftNanos / 1_000_000) + 1);
            receiver.receive();
        }
    }

    /** Waits until there is something to read, for so long at most. */
    static void readable(Kernel kernel, Receiver receiver, int timeoutMillis) throws KernelException {
        ByteBuffer one = Kernel.buffer(8);
        one.putInt(receiver.descriptor()).putShort((short) 1).rewind();
        kernel.poll(one, 1, timeoutMillis);
    }
}
