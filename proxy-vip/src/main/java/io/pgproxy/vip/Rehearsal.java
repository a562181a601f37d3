package io.pgproxy.vip;

import io.pgproxy.vip.machine.Action;
import io.pgproxy.vip.machine.Condition;
import io.pgproxy.vip.machine.Decision;
import io.pgproxy.vip.machine.EtcdAnswer;
import io.pgproxy.vip.machine.EtcdCall;
import io.pgproxy.vip.machine.Event;
import io.pgproxy.vip.machine.Holding;
import io.pgproxy.vip.machine.Instance;
import io.pgproxy.vip.machine.Member;
import io.pgproxy.vip.machine.PeerMessage;
import io.pgproxy.vip.machine.Preferences;
import io.pgproxy.vip.machine.State;
import io.pgproxy.vip.machine.Timings;
import io.pgproxy.vip.machine.VipMachine;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * What happens once or twice in the life of a process, done before it matters: a take-over and a hand-over, played to a
 * machine that decides about nothing, and each kind of question to etcd, in a way that changes nothing there. Clients
 * wait for a JVM that runs this code for the first time. Stateless but for who plays; safe from any thread.
 */
public final class Rehearsal {
    private static final long LEASE = 1;
    private static final long REVISION = 1;
    private static final long TERM = 1;
    /** Higher than any that etcd will ever have: a condition with it cannot hold. */
    private static final long NO_REVISION = Long.MAX_VALUE;

    private static final int DECISIONS = 2_000;
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final Instance me;
    private final SortedSet<Member> others;
    private final SortedSet<Member> members;
    private final Timings timings;
    private final Preferences preferences;

    /** @param me of the run that is to come; nobody hears of it by this */
    public Rehearsal(Instance me, SortedSet<Member> others, Timings timings, Preferences preferences) {
        this.me = me;
        this.others = others;
        members = new TreeSet<>(others);
        members.add(me.member());
        this.timings = timings;
        this.preferences = preferences;
    }

    /**
     * Plays a life through: takes over, keeps, loses what it has, takes over again and hands over. Does not wait.
     *
     * @return the states that it was in
     */
    public Set<State> play() {
        Scene scene = new Scene(new VipMachine(me, others, timings, preferences), System.nanoTime());
        scene.tell(new Event.Started());
        scene.tell(new Event.PrimarySeen(true));
        scene.tell(new Event.Eligible(true, ""));
        scene.passTime(timings.promiseNanos() + TimeUnit.SECONDS.toNanos(2));
        scene.tell(new Event.StoodStill());
        scene.passTime(TimeUnit.SECONDS.toNanos(2));
        scene.tell(new Event.Move(0));
        scene.passTime(TimeUnit.SECONDS.toNanos(1));
        scene.tell(new Event.Stop(0));
        return scene.states;
    }

    /**
     * Asks etcd each question that there is, without waiting for the answers: for a lease that is given back at once, and
     * for changes of the keys under conditions that cannot hold.
     */
    public void ask(LeaseClient lease) {
        perform(lease, new EtcdCall.Grant(timings.ttlSeconds()), answer -> {
            if (answer instanceof EtcdAnswer.Granted granted) {
                ask(lease, granted.lease());
            }
        });
    }

    private void ask(LeaseClient client, long lease) {
        Holding record = new Holding(me, members, true);
        perform(
                client,
                new EtcdCall.Claim(lease, NO_REVISION, record),
                claimed -> perform(
                        client,
                        new EtcdCall.Release(NO_REVISION, record),
                        released -> perform(
                                client,
                                new EtcdCall.DeleteKey(NO_REVISION, me),
                                deleted -> perform(
                                        client,
                                        new EtcdCall.KeepAlive(lease),
                                        kept -> perform(client, new EtcdCall.Revoke(lease), revoked -> {})))));
    }

    private static void perform(LeaseClient client, EtcdCall call, Consumer<EtcdAnswer> then) {
        client.perform(call, System.nanoTime() + PATIENCE_NANOS, then);
    }

    /** The machine and all that it deals with: an etcd and a kernel that do as they are asked, and others that are ready. */
    private final class Scene {
        private final VipMachine machine;
        private long now;
        private long wakeAt;
        private long seq;
        private int left = DECISIONS;
        private final Deque<Event> pending = new ArrayDeque<>();
        private final Set<State> states = EnumSet.noneOf(State.class);
        private Optional<EtcdAnswer.Key> key = Optional.empty();
        private boolean released;

        Scene(VipMachine machine, long now) {
            this.machine = machine;
            this.now = now;
        }

        void passTime(long nanos) {
            long end = now + nanos;
            while (wakeAt < end && left > 0) {
                now = Math.max(now + 1, wakeAt);
                greet();
                tell(new Event.Woken());
            }
            now = end;
        }

        private void greet() {
            others.forEach(other -> tell(new Event.Heard(
                    new PeerMessage.Hello(new Instance(other, 1), me, ++seq, new Condition(true, true, false, 100)),
                    false)));
        }

        void tell(Event event) {
            pending.add(event);
            for (Event next = pending.poll(); next != null && left > 0; next = pending.poll()) {
                decide(next);
            }
        }

        private void decide(Event event) {
            left--;
            Decision decision = machine.on(event, now);
            wakeAt = decision.wakeAtNanos();
            states.add(machine.status(now).state());
            decision.actions().forEach(this::react);
        }

        /** The kernel's outcome is the next event, as its action is the last; all else may wait. */
        private void react(Action action) {
            if (action instanceof Action.Touch) {
                decide(new Event.Touched(true));
            } else if (action instanceof Action.Delete) {
                decide(new Event.Deleted(true));
            } else if (action instanceof Action.Call call) {
                pending.add(new Event.Answered(call.id(), answer(call.call())));
            } else if (action instanceof Action.EndSessions end) {
                pending.add(new Event.SessionsEnded(end.number()));
            }
        }

        private EtcdAnswer answer(EtcdCall call) {
            if (call instanceof EtcdCall.Grant grant) {
                return new EtcdAnswer.Granted(LEASE, grant.ttlSeconds());
            } else if (call instanceof EtcdCall.KeepAlive) {
                return new EtcdAnswer.KeptAlive(timings.ttlSeconds(), TERM);
            } else if (call instanceof EtcdCall.Revoke) {
                key = Optional.empty();
                return new EtcdAnswer.Revoked();
            } else if (call instanceof EtcdCall.Claim) {
                key = Optional.of(new EtcdAnswer.Key(REVISION, me));
                released = false;
                return new EtcdAnswer.Done(true, REVISION);
            } else if (call instanceof EtcdCall.Release) {
                key = Optional.empty();
                released = true;
                return new EtcdAnswer.Done(true, REVISION);
            } else if (call instanceof EtcdCall.DeleteKey) {
                return new EtcdAnswer.Done(true, REVISION);
            }
            Holding holding = new Holding(me, members, released);
            return new EtcdAnswer.Seen(key, Optional.of(new EtcdAnswer.Kept(REVISION, holding)), TERM);
        }
    }
}
