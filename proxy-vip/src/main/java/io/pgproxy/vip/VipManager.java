package io.pgproxy.vip;

import io.pgproxy.vip.machine.Action;
import io.pgproxy.vip.machine.Decision;
import io.pgproxy.vip.machine.Event;
import io.pgproxy.vip.machine.PeerMessage;
import io.pgproxy.vip.machine.State;
import io.pgproxy.vip.machine.Timings;
import io.pgproxy.vip.machine.VipMachine;
import io.pgproxy.vip.machine.VipStatus;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
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
    private static final long MAX_WAIT_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    /** After a stop the lease is given back for two seconds at most; the address is gone by then. */
    private static final long STOP_NANOS = Timings.END_SESSIONS_NANOS + TimeUnit.SECONDS.toNanos(2);

    private final VipMachine machine;
    private final LeaseClient lease;
    private final VipAddress address;
    private final PeerLine peers;
    private final Visitors visitors;
    private final StandStill standStill;
    private final Mailbox mailbox = new Mailbox();
    private final Ending ending;
    private final Thread thread = new Thread(this::run, "vip");

    private volatile VipStatus status;
    private volatile long latestNanos;
    private final AtomicLong standStills = new AtomicLong();
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
        ending = new Ending(address, visitors);
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
        mailbox.put(event);
    }

    /** A peer said something. */
    public void hear(PeerMessage message) {
        mailbox.putIfThereIsRoom(
                new Event.Heard(message, true)); // where the address is, is looked up when it is handled
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
        stopping = true;
        mailbox.stop(new Event.Stop(drainNanos));
        return ending.done();
    }

    /**
     * Done when the thread has ended; exceptionally if nobody asked it to, which nothing but a new start can mend, or if
     * it had to leave the address behind.
     */
    public CompletionStage<Void> ended() {
        return ending.done();
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

    /**
     * Nobody has come by the address yet, so this ends nobody. A hand-over happens once in the life of a process: code
     * that has never run before would cost its clients more than all the rest of it.
     */
    private void rehearse() {
        visitors.end(0, () -> {});
    }

    private void run() {
        try {
            rehearse();
            handle(new Event.Started());
            while (!isDone()) {
                turn();
            }
            ending.asAsked(status.idle());
        } catch (Throwable e) {
            ending.byMistake(e);
        }
    }

    private boolean isDone() {
        return stopping && (status.idle() || System.nanoTime() >= stopByNanos);
    }

    private void turn() throws InterruptedException {
        long wait = Math.min(wakeAtNanos - System.nanoTime(), MAX_WAIT_NANOS);
        turned.run();
        Optional<Event> event = mailbox.next(wait);
        if (standStill.happened()) {
            standStills.incrementAndGet();
            handle(new Event.StoodStill());
        }
        mailbox.orderToStop().ifPresent(this::handle);
        hearConflicts();
        if (event.isPresent()) {
            handle(event.get());
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
        boolean concludes = status.state() == State.PROBE;
        boolean allRead = !concludes || address.listen();
        boolean allTold = !mailbox.hasLostConflict();
        if (!concludes) {
            return;
        }
        if (!allRead || !allTold) {
            handle(new Event.NotAsked());
        }
        for (Optional<Event> next = mailbox.nextConflict(); next.isPresent(); next = mailbox.nextConflict()) {
            handle(next.get());
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
            address.hush();
            handle(new Event.Deleted(address.delete()));
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
