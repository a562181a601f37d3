package io.pgproxy.vip.machine.sim;

import io.pgproxy.vip.machine.Action;
import io.pgproxy.vip.machine.Decision;
import io.pgproxy.vip.machine.EtcdAnswer;
import io.pgproxy.vip.machine.EtcdCall;
import io.pgproxy.vip.machine.Event;
import io.pgproxy.vip.machine.Holding;
import io.pgproxy.vip.machine.Instance;
import io.pgproxy.vip.machine.Member;
import io.pgproxy.vip.machine.State;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/** The machines that break a rule as a whole. */
final class Meddlers {
    private Meddlers() {}

    /** A keep-alive counts by itself: the read after it is not waited for. */
    static Decider.Builder trustsKeepAlives() {
        return (me, others, timings) -> new Meddling(Decider.real(me, others, timings)) {
            @Override
            Decision meddle(Event event, long nowNanos) {
                Decision decision = real.on(event, nowNanos);
                return event instanceof Event.Answered answered
                                && answered.answer() instanceof EtcdAnswer.KeptAlive alive
                                && alive.ttlSeconds() > 0
                        ? readAtOnce(real, decision, asOwn(me, alive.term()), nowNanos)
                        : decision;
            }
        };
    }

    /** That there is no such lease counts by itself too. */
    static Decider.Builder believesThatThereIsNoLease() {
        return (me, others, timings) -> new Meddling(Decider.real(me, others, timings)) {
            @Override
            Decision meddle(Event event, long nowNanos) {
                Decision decision = real.on(event, nowNanos);
                boolean denied = event instanceof Event.Answered answered
                        && answered.answer() instanceof EtcdAnswer.KeptAlive alive
                        && alive.ttlSeconds() == 0;
                EtcdAnswer.Seen nothing = new EtcdAnswer.Seen(Optional.empty(), Optional.empty(), 0);
                return denied ? readAtOnce(real, decision, nothing, nowNanos) : decision;
            }
        };
    }

    /** The first read of a decision is not made: that is what it sees. */
    private static Decision readAtOnce(Decider real, Decision decision, EtcdAnswer.Seen seen, long nowNanos) {
        for (Action action : decision.actions()) {
            if (action instanceof Action.Call call && call.call() instanceof EtcdCall.Read) {
                return joined(decision, call, real.on(new Event.Answered(call.id(), seen), nowNanos));
            }
        }
        return decision;
    }

    private static Decision joined(Decision before, Action without, Decision after) {
        List<Action> actions = new ArrayList<>(before.actions());
        actions.remove(without);
        actions.addAll(after.actions());
        return new Decision(actions, after.wakeAtNanos());
    }

    /** A key that is not there was given back by somebody who had taken the address away. */
    static Decider.Builder takesAbsenceForRelease() {
        return seeing((me, seen) -> new EtcdAnswer.Seen(
                seen.key(),
                seen.record()
                        .map(kept -> new EtcdAnswer.Kept(
                                kept.modRevision(),
                                new Holding(
                                        kept.holding().holder(),
                                        kept.holding().members(),
                                        kept.holding().released() || seen.key().isEmpty()))),
                seen.term()));
    }

    /** Whoever is configured may claim, whatever the record says, and promises are asked of the configured only. */
    static Decider.Builder ignoresTheRecordsMembers(Decider.Builder inner) {
        return seeing(
                inner,
                (me, seen) -> new EtcdAnswer.Seen(
                        seen.key(),
                        seen.record()
                                .map(kept -> new EtcdAnswer.Kept(
                                        kept.modRevision(),
                                        new Holding(
                                                kept.holding().holder(),
                                                with(kept.holding().members(), me),
                                                kept.holding().released()))),
                        seen.term()));
    }

    private static SortedSet<Member> with(SortedSet<Member> members, Instance me) {
        SortedSet<Member> all = new TreeSet<>(members);
        all.add(me.member());
        return all;
    }

    private interface Sight {
        EtcdAnswer.Seen by(Instance me, EtcdAnswer.Seen seen);
    }

    private static Decider.Builder seeing(Sight sight) {
        return seeing(Decider::real, sight);
    }

    private static Decider.Builder seeing(Decider.Builder inner, Sight sight) {
        return (me, others, timings) -> new Meddling(inner.build(me, others, timings)) {
            @Override
            Decision meddle(Event event, long nowNanos) {
                if (event instanceof Event.Answered answered && answered.answer() instanceof EtcdAnswer.Seen seen) {
                    return real.on(new Event.Answered(answered.id(), sight.by(me, seen)), nowNanos);
                }
                return real.on(event, nowNanos);
            }
        };
    }

    /** Who gives up while it still probes marks the record as if it had had the address and taken it away. */
    static Decider.Builder marksWithoutHavingHeld() {
        return (me, others, timings) -> new Meddling(Decider.real(me, others, timings)) {
            @Override
            Decision meddle(Event event, long nowNanos) {
                boolean probed = real.status(nowNanos).state() == State.PROBE;
                Decision decision = real.on(event, nowNanos);
                boolean gaveUp = probed && real.status(nowNanos).state() == State.STANDBY;
                return with(decision, gaveUp ? release(nowNanos) : Optional.empty());
            }
        };
    }

    /** The key goes back as soon as the hand-over begins, before the address is taken away. */
    static Decider.Builder givesTheKeyBackFirst() {
        return (me, others, timings) -> new Meddling(Decider.real(me, others, timings)) {
            @Override
            Decision meddle(Event event, long nowNanos) {
                boolean stayed = !real.status(nowNanos).leaving();
                Decision decision = real.on(event, nowNanos);
                boolean leaves = stayed && real.status(nowNanos).leaving();
                return with(decision, leaves ? release(nowNanos) : Optional.empty());
            }
        };
    }

    /** The lease goes back as soon as the right to the address is over, whether the kernel has let go of it or not. */
    static Decider.Builder givesTheLeaseBackFirst() {
        return (me, others, timings) -> new Meddling(Decider.real(me, others, timings)) {
            @Override
            Decision meddle(Event event, long nowNanos) {
                boolean held = real.status(nowNanos).state() == State.HOLD;
                Decision decision = real.on(event, nowNanos);
                boolean dropped = held && real.status(nowNanos).state() == State.STANDBY;
                return with(decision, dropped ? Optional.of(revocation(nowNanos)) : Optional.empty());
            }
        };
    }

    /** The others hear that the key is nobody's as soon as the right to the address is over, wherever the address is. */
    static Decider.Builder givesTheKeyUpByWordFirst() {
        return (me, others, timings) -> new Meddling(Decider.real(me, others, timings)) {
            @Override
            Decision meddle(Event event, long nowNanos) {
                boolean held = real.status(nowNanos).state() == State.HOLD;
                Decision decision = real.on(event, nowNanos);
                boolean dropped = held && real.status(nowNanos).state() == State.STANDBY;
                return with(decision, dropped ? Optional.of(keyGivenUp(me, others.first())) : Optional.empty());
            }
        };
    }
}
