package io.pgproxy.vip;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The last that the vip thread does: the address must not outlive the only thread that may renew it, whatever that one
 * ends of. Confined to the vip thread, but for {@link #done}.
 */
final class Ending {
    private static final Logger LOG = LoggerFactory.getLogger(Ending.class);
    /** So long the address stays for the last sessions to be reset after a mistake; nobody renews it meanwhile. */
    private static final long LAST_RESETS_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private final VipAddress address;
    private final Visitors visitors;
    private final CompletableFuture<Void> done = new CompletableFuture<>();

    Ending(VipAddress address, Visitors visitors) {
        this.address = address;
        this.visitors = visitors;
    }

    /** Exceptionally if nobody asked for it, or if the address was left behind. */
    CompletionStage<Void> done() {
        return done.minimalCompletionStage();
    }

    /**
     * As asked for.
     *
     * @param complete whether nothing is left to be done; if not, the time for that is over
     */
    void asAsked(boolean complete) {
        if (complete) {
            done.complete(null);
        } else if (takeOff()) {
            LOG.warn("the lease of the virtual address could not be given back: it lasts until its time is over");
            done.complete(null);
        } else {
            done.completeExceptionally(new IllegalStateException("the virtual address could not be taken off:"
                    + " the kernel takes it off when its lifetime is over"));
        }
    }

    void byMistake(Throwable mistake) {
        try {
            sayAndLetGo(mistake);
        } catch (Throwable another) {
            LOG.error("letting go of the address for good failed in part", another); // maybe of the same
        } finally {
            done.completeExceptionally(mistake);
        }
    }

    private void sayAndLetGo(Throwable mistake) throws InterruptedException {
        try {
            LOG.error("the vip thread made a mistake and lets go of the address for good", mistake);
            endSessions();
        } finally {
            takeOff();
        }
    }

    /** At once; the kernel takes the address off in time even while this waits. */
    private void endSessions() throws InterruptedException {
        CountDownLatch ended = new CountDownLatch(1);
        visitors.end(0, ended::countDown);
        if (!ended.await(LAST_RESETS_NANOS, TimeUnit.NANOSECONDS)) {
            LOG.warn("sessions by the address may not hear of its end");
        }
    }

    private boolean takeOff() {
        address.hush();
        return address.delete();
    }
}
