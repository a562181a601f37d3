package io.pgproxy.vip.kernel;

import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the network that the addresses are here, on a daemon thread of its own, and never later than the authority for
 * it: a fuse of its own is armed while something is sent. Sending does not wait, so nobody who calls this does for
 * long. Safe from any thread.
 */
final class Announcer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Announcer.class);

    private static final long UNTIL_TOLD_NANOS = TimeUnit.DAYS.toNanos(1);

    /** Announces all addresses in every form. */
    interface Voice {
        void announce() throws KernelException;
    }

    private final Voice voice;
    private final Fuse fuse;
    private final AnnouncementTimes times = new AnnouncementTimes();
    private final Thread thread = new Thread(this::run, "vip-announce");
    private boolean speaking;
    private boolean failing;
    private boolean closed;
    private long untilNanos;

    Announcer(Voice voice, Fuse fuse) {
        this.voice = voice;
        this.fuse = fuse;
        thread.setDaemon(true);
        thread.start();
    }

    /** @param raised whether the addresses have just come, or somebody else has just claimed one */
    synchronized void announce(boolean raised, long untilNanos) {
        if (raised || !speaking) {
            times.begin(System.nanoTime());
        }
        speaking = true;
        this.untilNanos = untilNanos;
        notifyAll();
    }

    /** The cable is back in, perhaps in another port of the switch: a new burst, if anything is to be said at all. */
    synchronized void again() {
        times.begin(System.nanoTime());
        notifyAll();
    }

    /** When this returns nothing more is said. */
    synchronized void hush() {
        speaking = false;
    }

    private synchronized void run() {
        try {
            while (!closed) {
                long leftNanos = leftNanos(System.nanoTime());
                if (leftNanos > 0) {
                    TimeUnit.NANOSECONDS.timedWait(this, leftNanos);
                } else {
                    say();
                }
            }
        } catch (InterruptedException e) {
            LOG.error("interrupted: the virtual addresses are not announced any longer", e);
        }
    }

    private long leftNanos(long nowNanos) {
        return speaking && nowNanos - untilNanos < 0 ? times.leftNanos(nowNanos) : UNTIL_TOLD_NANOS;
    }

    private void say() {
        try {
            fuse.guard(untilNanos, voice::announce); // too late is as good as said
            if (failing) {
                LOG.info("the virtual addresses are announced again");
            }
            failing = false;
            times.said(System.nanoTime());
        } catch (KernelException e) {
            if (!failing) {
                LOG.warn("the virtual addresses can't be announced, trying again: {}", e.getMessage());
            }
            failed();
        } catch (RuntimeException | Error e) { // a mistake must not silence us for good
            if (!failing) {
                LOG.error("a mistake keeps the virtual addresses from being announced, trying again", e);
            }
            failed();
        }
    }

    private void failed() {
        failing = true;
        times.failed(System.nanoTime());
    }

    @Override
    public void close() {
        synchronized (this) {
            speaking = false;
            closed = true;
            notifyAll();
        }
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        fuse.close();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
