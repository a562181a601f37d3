package io.pgproxy.vip.kernel;

import java.nio.ByteBuffer;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A daemon thread that waits for several sockets at once and has each read when there is something in it. One thread
 * for all of them, since none is ever busy for long and their listeners then never run side by side, but for somebody
 * who calls {@link Receiver#receive()} by himself. One descriptor, by which the thread is told to end. To be closed
 * before the sockets are. Safe from any thread.
 */
public final class ReceiveLoop implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ReceiveLoop.class);

    private static final int EVENTFD_CLOSE_ON_EXEC = 0x8_0000;

    /** {@code struct pollfd}: the descriptor, what to wait for, what there is. */
    private static final int POLL_BYTES = 8;

    private static final int FOUND_AT = 6;
    private static final short POLL_IN = 1;

    /** A descriptor below 0 is passed over. */
    private static final int NONE = -1;

    /** A socket that cannot be read is tried again so often, and keeps no core busy. */
    private static final int RETRY_MILLIS = 1_000;

    private static final int FOREVER = -1;

    private final Kernel kernel;
    private final List<? extends Receiver> receivers;
    private final ByteBuffer waiting;
    private final Runnable deaf;
    private final int stop;
    private final Thread thread;

    /** @param deaf told on the loop's own thread if it ends before it is closed: nothing is heard from then on */
    public ReceiveLoop(Kernel kernel, String name, List<? extends Receiver> receivers, Runnable deaf)
            throws KernelException {
        this.kernel = kernel;
        this.receivers = List.copyOf(receivers);
        this.deaf = deaf;
        waiting = Kernel.buffer(POLL_BYTES * (receivers.size() + 1));
        stop = kernel.calls().eventfd(0, EVENTFD_CLOSE_ON_EXEC);
        if (stop < 0) {
            throw kernel.failure("make the descriptor that ends " + name);
        }
        thread = new Thread(this::run, name);
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        try {
            readUntilClosed();
        } catch (KernelException | RuntimeException | Error e) {
            LOG.error(
                    "{} cannot wait and ends: nothing of the network and of the addresses is heard any longer",
                    thread.getName(),
                    e);
            deaf.run();
        }
    }

    private void readUntilClosed() throws KernelException {
        boolean allRead = true;
        while (await(allRead)) {
            allRead = true;
            for (int i = 0; i < receivers.size(); i++) {
                if (waiting.getShort(POLL_BYTES * i + FOUND_AT) != 0) {
                    allRead &= read(receivers.get(i));
                }
            }
        }
    }

    /** Waits for a socket; after a failure for the end alone, and not for long. False at the end. */
    private boolean await(boolean forSockets) throws KernelException {
        for (int i = 0; i < receivers.size(); i++) {
            waitFor(i, forSockets ? receivers.get(i).descriptor() : NONE);
        }
        waitFor(receivers.size(), stop);
        kernel.poll(waiting, receivers.size() + 1, forSockets ? FOREVER : RETRY_MILLIS);
        if (!forSockets) {
            // Whatever is there by now: reading an empty socket does no harm.
            for (int i = 0; i < receivers.size(); i++) {
                waiting.putShort(POLL_BYTES * i + FOUND_AT, POLL_IN);
            }
        }
        return waiting.getShort(POLL_BYTES * receivers.size() + FOUND_AT) == 0;
    }

    private void waitFor(int place, int descriptor) {
        waiting.putInt(POLL_BYTES * place, descriptor)
                .putShort(POLL_BYTES * place + Integer.BYTES, POLL_IN)
                .putShort(POLL_BYTES * place + FOUND_AT, (short) 0);
    }

    private boolean read(Receiver receiver) {
        try {
            receiver.receive();
            return true;
        } catch (KernelException | RuntimeException e) { // a listener's mistake must not make us deaf
            LOG.warn("{} goes on in {} ms", thread.getName(), RETRY_MILLIS, e);
            return false;
        }
    }

    /** Returns when the thread has ended and nothing more is told. Not to be called by a listener. */
    @Override
    public void close() {
        ByteBuffer one = Kernel.buffer(Long.BYTES);
        one.putLong(0, 1);
        boolean interrupted = false;
        while (thread.isAlive()) {
            kernel.posix().write(stop, one, Long.BYTES);
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        kernel.posix().close(stop);
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
