package io.pgproxy.vip.machine.sim;

import io.pgproxy.vip.machine.Action;
import io.pgproxy.vip.machine.Decision;
import io.pgproxy.vip.machine.EtcdAnswer;
import io.pgproxy.vip.machine.EtcdCall;
import io.pgproxy.vip.machine.Event;
import io.pgproxy.vip.machine.Instance;
import io.pgproxy.vip.machine.PeerMessage;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * One run of pgproxy on a host: takes one event after the other, reads the clock, asks the machine, and does what it
 * said step by step. Between any two steps it may stand still, be killed, or burn its fuse.
 */
final class Program {
    private static final double TIMER_LATE = 0.2;

    private final Instance me;
    private final Decider machine;
    private final Host host;
    private final World world;
    private final Inbox inbox;
    private final List<Runnable> stillStanding = new ArrayList<>();
    private final Deque<Action> todo = new ArrayDeque<>();
    private boolean busy;
    private boolean dead;
    private boolean stopping;
    private int reasonsToStandStill;
    private long decisions;
    private long wakeAtNanos = Long.MAX_VALUE;
    private int actionsUntilCrash = -1;

    Program(Instance me, Decider machine, Host host, World world) {
        this.me = me;
        this.machine = machine;
        this.host = host;
        this.world = world;
        inbox = new Inbox(world.chance());
    }

    Instance me() {
        return me;
    }

    Decider machine() {
        return machine;
    }

    boolean runs() {
        return !dead;
    }

    void tell(Inbox.Source source, Object what) {
        if (dead) {
            return;
        }
        if (what instanceof Event.Stop) {
            stopping = true;
        }
        inbox.add(source, what);
        turnSoon();
    }

    /** Until {@link #goOn}. */
    void standStill() {
        reasonsToStandStill++;
    }

    void goOn() {
        reasonsToStandStill--;
        if (standsStill()) {
            return;
        }
        List<Runnable> now = List.copyOf(stillStanding);
        stillStanding.clear();
        now.forEach(step -> world.agenda().in(0, step));
    }

    void crashAfter(int actions) {
        actionsUntilCrash = actions;
    }

    /** SIGKILL: whatever is in flight stays in flight, the address stays with the kernel. */
    void die() {
        dead = true;
    }

    private void turnSoon() {
        if (!busy) {
            busy = true;
            world.agenda().in(0, unlessDead(this::turn));
        }
    }

    private void turn() {
        Object next = inbox.take();
        if (next instanceof Wake wake && wake.decision() != decisions) {
            finish();
        } else {
            Event event = asEvent(next);
            long nowNanos = host.clock().nowNanos();
            afterPause(world.pauses().beforeStepNanos(), () -> decide(event, nowNanos));
        }
    }

    /** That the time which that decision set has come. */
    private record Wake(long decision) {}

    private Event asEvent(Object what) {
        if (what instanceof PeerMessage message) {
            return new Event.Heard(message, host.kernel().present());
        }
        return what instanceof Event event ? event : new Event.Woken();
    }

    private void decide(Event event, long nowNanos) {
        decisions++;
        Decision decision = machine.on(event, nowNanos);
        world.pace().decided(host.index(), decision);
        world.trace()
                .say(() -> me + " at " + Span.seconds(nowNanos) + " "
                        + machine.status(nowNanos).state() + " " + event + " -> " + decision.actions());
        wakeAtNanos = decision.wakeAtNanos();
        List<Action> actions = decision.actions();
        for (int last = actions.size() - 1; last >= 0; last--) {
            todo.addFirst(actions.get(last));
        }
        perform();
    }

    private void perform() {
        Action action = todo.pollFirst();
        if (action == null) {
            finish();
        } else if (actionsUntilCrash >= 0 && actionsUntilCrash-- == 0) {
            host.kill("crashes before " + action);
        } else if (action instanceof Action.Touch touch) {
            afterPause(world.pauses().beforeNanos(touch), () -> armFuse(touch));
        } else {
            afterPause(world.pauses().beforeNanos(action), () -> act(action));
        }
    }

    private void finish() {
        busy = false;
        if (stopping && machine.status(host.clock().nowNanos()).idle()) {
            host.exited();
        } else if (!inbox.isEmpty()) {
            turnSoon();
        } else {
            wakeLater();
        }
    }

    private void wakeLater() {
        if (wakeAtNanos == Long.MAX_VALUE) {
            return;
        }
        Wake wake = new Wake(decisions);
        long late = world.chance().with(TIMER_LATE) ? world.chance().between(0, 2 * Span.MILLI) : 20 * Span.MICRO;
        long dueNanos =
                Math.max(host.clock().trueNanos(wakeAtNanos), world.agenda().nowNanos()) + late;
        world.agenda().at(dueNanos, () -> {
            if (wake.decision() == decisions) {
                tell(Inbox.Source.TIMER, wake);
            }
        });
    }

    private void act(Action action) {
        if (action instanceof Action.Call call) {
            call(call);
        } else if (action instanceof Action.Send send) {
            world.lan().say(send.message());
        } else if (action instanceof Action.Delete) {
            delete();
            return;
        } else if (action instanceof Action.Probe) {
            world.lan().probe(host.index());
        } else if (action instanceof Action.Announce announce) {
            announce(announce);
        } else if (action instanceof Action.EndSessions end) {
            endSessions(end);
        }
        perform();
    }

    private void call(Action.Call call) {
        EtcdCall asked = call.call();
        boolean[] answered = new boolean[1];
        host.etcd().ask(asked, answer -> {
            answered[0] = true;
            tell(Inbox.Source.ETCD, new Event.Answered(call.id(), answer));
        });
        world.agenda().at(host.clock().trueNanos(call.deadlineNanos()), () -> {
            if (!answered[0]) {
                tell(Inbox.Source.TIMER, late(call));
            }
        });
    }

    private static Event late(Action.Call call) {
        return new Event.Answered(call.id(), new EtcdAnswer.Failed("no answer in time"));
    }

    private void endSessions(Action.EndSessions end) {
        long lateNanos = world.chance().with(world.plan().sessionsLinger)
                ? world.chance().between(0, 4 * Span.SECOND)
                : 0;
        long nanos = lateNanos + world.chance().between(0, Math.max(10 * Span.MILLI, end.drainNanos()));
        world.agenda().in(nanos, () -> tell(Inbox.Source.CONTROL, new Event.SessionsEnded(end.number())));
    }

    private void announce(Action.Announce announce) {
        if (host.clock().nowNanos() < announce.untilNanos()) {
            world.authority().announces(host, machine);
            world.lan().announce(host.index());
        }
    }

    private void delete() {
        if (host.kernel().refuses() || world.chance().with(world.plan().deleteFails)) {
            tellAtOnce(new Event.Deleted(!host.kernel().present()));
        } else {
            host.kernel().delete(Kernel.Why.DELETED);
            tellAtOnce(new Event.Deleted(true));
        }
    }

    private void armFuse(Action.Touch touch) {
        long fuseAtNanos = world.plan().fuse.atNanos(touch, host.clock().nowNanos());
        if (host.clock().nowNanos() > fuseAtNanos) {
            host.kill("burns its fuse before " + touch);
            return;
        }
        long pauseNanos = world.pauses().beforeNanos(touch);
        boolean[] acted = new boolean[1];
        if (pauseNanos > 0 || standsStill()) {
            world.agenda().at(host.clock().trueNanos(fuseAtNanos), () -> {
                if (!acted[0] && !dead) {
                    host.kill("burns its fuse within " + touch);
                }
            });
        }
        afterPause(pauseNanos, () -> {
            acted[0] = true;
            touch(touch);
        });
    }

    private void touch(Action.Touch touch) {
        if (host.kernel().refuses() || world.chance().with(world.plan().touchFails)) {
            tellAtOnce(new Event.Touched(false));
        } else {
            world.authority().touches(host, machine, touch);
            world.trace().say(() -> me + " touches for " + touch.lifetimeSeconds() + " s");
            host.kernel().touch(touch.lifetimeSeconds());
            tellAtOnce(new Event.Touched(true));
        }
    }

    private void tellAtOnce(Event outcome) {
        long nowNanos = host.clock().nowNanos();
        afterPause(world.pauses().beforeStepNanos(), () -> decide(outcome, nowNanos));
    }

    private boolean standsStill() {
        return reasonsToStandStill > 0;
    }

    private void afterPause(long pauseNanos, Runnable step) {
        if (pauseNanos == 0 && !standsStill()) {
            step.run();
        } else {
            if (pauseNanos > Span.MILLI) {
                world.trace().say(() -> me + " pauses for " + Span.seconds(pauseNanos));
            }
            world.agenda().in(pauseNanos, unlessDead(step));
        }
    }

    private Runnable unlessDead(Runnable step) {
        return new Runnable() {
            @Override
            public void run() {
                if (dead) {
                    return;
                }
                if (standsStill()) {
                    stillStanding.add(this);
                } else {
                    step.run();
                }
            }
        };
    }
}
