package io.pgproxy.vip;

import io.pgproxy.vip.machine.Action;
import io.pgproxy.vip.machine.Decision;
import io.pgproxy.vip.machine.Event;
import io.pgproxy.vip.machine.PeerMessage;
import io.pgproxy.vip.machine.State;
import io.pgproxy.vip.machine.Timings;
import io.pgproxy.vip.machine.VipMachine;
import io.pgproxy.vip.machine.VipStatus;
import java.util.concurrent.BlockingDeque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does what the machine decides, on the one thread that decides, promises and calls the kernel: two of them could
 * promise and put the address on at the same time. Everything that happens elsewhere comes to it as an event.
 *
 * <p>Safe from any thread, but for {@link #run}.
 */
public final class VipManager {
    private static final Logger LOG = LoggerFactory.getLogger(VipManager.class);
    /** More than can come in a second; what is beyond is as good as lost on the way, which the protocol bears. */
    static final int MAX_EVENTS = 10_000;

    private static final long MAX_WAIT_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    /** After a stop the lease is given back for two seconds at most; the address is gone by then. */
    private static final long STOP_NANOS = Timings.END_SESSIONS_NANOS + TimeUnit.SECONDS.toNanos(2);

    /** So long the address stays for the last sessions to be reset if this thread dies; nobody renews it meanwhile. */
    private static final long LAST_RESETS_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private final VipMachine machine;
    private final LeaseClient lease;
    private final VipAddress address;
    private final PeerLine peers;
    private final Visitors visitors;
    private final StandStill standStill;
    private final BlockingDeque<Event> events = new LinkedBlockingDeque<>(MAX_EVENTS);
    private final Thread thread = new Thread(this::run, "vip");
    private final CompletableFuture<Void> stopped = new CompletableFuture<>();

    private volatile VipStatus status;
    private volatile long latestNanos;
    private final AtomicLong standStills = new AtomicLong();
    private final AtomicReference<Event.@Nullable Stop> stop = new AtomicReference<>();
    private volatile boolean stopping;
    private Runnable turned = () -> {};
    private boolean asked = true;
    private long wakeAtNanos;
    private long stopByNanos;

    /**
     * @param standStill tells when this host stood still
     */
    public VipManager(
            VipMachine machine,
            LeaseClient lease,
            VipAddress address,
            PeerLine peers,
            Visitors visitors,
            StandStill standStill) {
        this.machine = machine;
        this.lease = lease;
        this.address = address;
        this.peers = peers;
        this.visitors = visitors;
        this.standStill = standStill;
        status = machine.status(System.nanoTime());
        thread.setDaemon(true);
    }

    /** Tells whether this host stood still since it was asked last: a suspended VM does not notice by its clock. */
    public interface StandStill {
        boolean happened();
    }

    /**
     * Takes part from now on.
     *
     * @param turned called by the vip thread at every turn of its loop, ten times a second at least; must not wait
     */
    public void start(Runnable turned) {
        this.turned = turned;
        lease.watch(() -> tell(new Event.KeyMoved()));
        thread.start();
    }

    /** An event is lost if far too many come. */
    public void tell(Event event) {
        // Silence lasts until somebody speaks, and not until all that came before has been handled.
        boolean taken = event instanceof Event.ConflictSeen ? events.offerFirst(event) : events.offer(event);
        if (!taken) {
            LOG.warn(
                    "the vip thread does not keep up: {} is lost",
                    event.getClass().getSimpleName());
        }
    }

    /** A peer said something. */
    public void hear(PeerMessage message) {
        events.offer(new Event.Heard(message, true)); // whether the address is here is looked up when it is handled
    }

    /**
     * Hands over, lets go of everything, and ends the thread.
     *
     * @param drainNanos how long the sessions that came by the address may go on
     * @return done when the address is gone, and the lease is given back if etcd answers; exceptionally if the address
     *     could not be taken off
     */
    public CompletionStage<Void> stop(long drainNanos) {
        stopByNanos = System.nanoTime() + drainNanos + STOP_NANOS;
        stop.set(new Event.Stop(drainNanos)); // never lost, as an event may be
        stopping = true;
        events.offer(new Event.Woken()); // a thread that has nothing to do looks at once
        return stopped.minimalCompletionStage();
    }

    /**
     * Done when the thread has ended; exceptionally if nobody asked it to, which nothing but a new start can mend, or if
     * it had to leave the address behind.
     */
    public CompletionStage<Void> ended() {
        return stopped.minimalCompletionStage();
    }

    /** Where things stood when the last event had been handled. */
    public VipStatus status() {
        return status;
    }

    /** How much later than it wanted the thread was woken the last time, in nanoseconds. */
    public long latenessNanos() {
        return latestNanos;
    }

    /** How often this host was seen to have stood still. */
    public long standStills() {
        return standStills.get();
    }

    private void run() {
        try {
            handle(new Event.Started());
            while (!isDone()) {
                turn();
            }
            end();
        } catch (Throwable e) {
            letGoForGood(e);
        }
    }

    /** As asked to, or because the time for that is over. */
    private void end() {
        if (status.idle()) {
            stopped.complete(null);
        } else if (takeOff()) {
            LOG.warn("the lease of the virtual address could not be given back: it lasts until its time is over");
            stopped.complete(null);
        } else {
            stopped.completeExceptionally(new IllegalStateException("the virtual address could not be taken off:"
                    + " the kernel takes it off when its lifetime is over"));
        }
    }

    /** The address must not outlive the only thread that may renew it, whatever that one died of. */
    private void letGoForGood(Throwable mistake) {
        try {
            sayAndLetGo(mistake);
        } catch (Throwable another) {
            LOG.error("letting go of the address for good failed in part", another); // maybe of the same
        } finally {
            stopped.completeExceptionally(mistake);
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

    private boolean isDone() {
        return stopping && (status.idle() || System.nanoTime() >= stopByNanos);
    }

    private void turn() throws InterruptedException {
        long wait = Math.min(wakeAtNanos - System.nanoTime(), MAX_WAIT_NANOS);
        turned.run();
        Event event = wait > 0 ? events.poll(wait, TimeUnit.NANOSECONDS) : events.poll();
        if (standStill.happened()) {
            standStills.incrementAndGet();
            handle(new Event.StoodStill());
        }
        Event.Stop order = stop.getAndSet(null);
        if (order != null) {
            handle(order);
        }
        hearConflicts();
        if (event != null) {
            handle(event);
        } else if (System.nanoTime() >= wakeAtNanos) {
            latestNanos = System.nanoTime() - wakeAtNanos;
            handle(new Event.Woken());
        }
        if (!asked) {
            asked = true;
            handle(new Event.NotAsked()); // not by the queue, which may lose it, and where others come first
        }
    }

    /** Before anything is concluded from silence: after a pause the answers still lie unread in the sockets. */
    private void hearConflicts() {
        if (status.state() == State.PROBE) {
            if (!address.listen()) {
                handle(new Event.NotAsked());
            }
            while (events.peekFirst() instanceof Event.ConflictSeen) {
                handle(events.removeFirst());
            }
        }
    }

    private void handle(Event event) {
        Event seen = event instanceof Event.Heard heard ? withAddress(heard) : event;
        long now = System.nanoTime();
        Decision decision = machine.on(seen, now);
        wakeAtNanos = decision.wakeAtNanos();
        status = machine.status(now);
        decision.actions().forEach(this::perform);
    }

    /** The kernel's own list tells whether the address is here; what the machine believes is not enough to promise. */
    private Event withAddress(Event.Heard heard) {
        boolean matters = heard.message() instanceof PeerMessage.Request;
        return new Event.Heard(heard.message(), matters && address.isPresent());
    }

    private void perform(Action action) {
        if (action instanceof Action.Call call) {
            lease.perform(call.call(), call.deadlineNanos(), answer -> tell(new Event.Answered(call.id(), answer)));
        } else if (action instanceof Action.Send send) {
            peers.send(send.message());
        } else if (action instanceof Action.Touch touch) {
            handle(new Event.Touched(address.touch(touch.lifetimeSeconds(), touch.fuseAtNanos())));
        } else if (action instanceof Action.Delete) {
            handle(new Event.Deleted(takeOff()));
        } else if (action instanceof Action.Probe) {
            asked &= address.probe();
        } else if (action instanceof Action.Announce announce) {
            address.announce(announce.raised(), announce.untilNanos());
        } else if (action instanceof Action.EndSessions end) {
            visitors.end(end.drainNanos(), () -> tell(new Event.SessionsEnded(end.number())));
        } else if (action instanceof Action.Welcome) {
            visitors.welcome();
        } else if (action instanceof Action.Note note) {
            log(note);
        }
    }

    private static void log(Action.Note note) {
        switch (note.level()) {
            case ERROR -> LOG.error(note.text());
            case WARN -> LOG.warn(note.text());
            case INFO -> LOG.info(note.text());
            case DEBUG -> LOG.debug(note.text());
        }
    }
}
