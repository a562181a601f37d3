package io.pgproxy.vip.machine.sim;

import io.pgproxy.vip.machine.Action;
import io.pgproxy.vip.machine.Decision;
import io.pgproxy.vip.machine.EtcdAnswer;
import io.pgproxy.vip.machine.EtcdCall;
import io.pgproxy.vip.machine.Event;
import io.pgproxy.vip.machine.Holding;
import io.pgproxy.vip.machine.Instance;
import io.pgproxy.vip.machine.Member;
import io.pgproxy.vip.machine.PeerMessage;
import io.pgproxy.vip.machine.VipStatus;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A machine with a shell around it that breaks a rule: it sees every event before and every decision after the real
 * machine, and may change both. Each rule that spans several parts is left out this way.
 */
abstract class Meddling implements Decider {
    /** So far from the machine's own ids that they never meet. */
    private static final long OWN_IDS = 1_000_000_000;

    private static final long FOREIGN_SEQ = OWN_IDS;

    final Decider real;
    private final Map<Long, EtcdCall> calls = new HashMap<>();
    private Optional<Holding> won = Optional.empty();
    private long wonRevision;
    private long wonLease;
    private long lastId = OWN_IDS;

    Meddling(Decider real) {
        this.real = real;
    }

    @Override
    public Decision on(Event event, long nowNanos) {
        if (event instanceof Event.Answered answered) {
            remember(answered);
        }
        Decision decision = meddle(event, nowNanos);
        for (Action action : decision.actions()) {
            if (action instanceof Action.Call call) {
                calls.put(call.id(), call.call());
            }
        }
        return decision;
    }

    private void remember(Event.Answered answered) {
        EtcdCall asked = calls.remove(answered.id());
        if (asked instanceof EtcdCall.Claim claim
                && answered.answer() instanceof EtcdAnswer.Done done
                && done.succeeded()) {
            won = Optional.of(claim.record());
            wonRevision = done.revision();
            wonLease = claim.lease();
        }
    }

    @Override
    public VipStatus status(long nowNanos) {
        return real.status(nowNanos);
    }

    abstract Decision meddle(Event event, long nowNanos);

    /** Gives the key that was won back, marked as if the address were gone. */
    final Optional<Action> release(long nowNanos) {
        return won.map(holding -> new Action.Call(
                ++lastId,
                new EtcdCall.Release(wonRevision, new Holding(holding.holder(), holding.members(), true)),
                nowNanos + Span.SECOND / 2));
    }

    /** Gives back the lease that was won last. */
    final Action revocation(long nowNanos) {
        return new Action.Call(++lastId, new EtcdCall.Revoke(wonLease), nowNanos + Span.SECOND / 2);
    }

    /** Tells that member that the key that was won last is nobody's; with a number that no word of this run has. */
    final Action keyGivenUp(Instance me, Member other) {
        return new Action.Send(new PeerMessage.KeyGivenUp(me, new Instance(other, 0), FOREIGN_SEQ, wonRevision));
    }

    final EtcdAnswer.Seen asOwn(Instance me, long term) {
        Holding holding = won.orElseThrow();
        return new EtcdAnswer.Seen(
                Optional.of(new EtcdAnswer.Key(wonRevision, me)),
                Optional.of(new EtcdAnswer.Kept(wonRevision, holding)),
                term);
    }

    static Decision with(Decision decision, Optional<Action> first) {
        List<Action> actions = new ArrayList<>();
        first.ifPresent(actions::add);
        actions.addAll(decision.actions());
        return new Decision(actions, decision.wakeAtNanos());
    }
}
