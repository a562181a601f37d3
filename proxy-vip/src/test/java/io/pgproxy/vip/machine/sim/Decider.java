package io.pgproxy.vip.machine.sim;

import io.pgproxy.vip.machine.Decision;
import io.pgproxy.vip.machine.Event;
import io.pgproxy.vip.machine.Instance;
import io.pgproxy.vip.machine.Member;
import io.pgproxy.vip.machine.Preferences;
import io.pgproxy.vip.machine.Timings;
import io.pgproxy.vip.machine.VipMachine;
import io.pgproxy.vip.machine.VipStatus;
import java.util.SortedSet;
import java.util.function.Function;

/** A machine as the simulation sees it, so that one with a planted fault fits in too. */
public interface Decider {
    Decision on(Event event, long nowNanos);

    VipStatus status(long nowNanos);

    /** Builds the machine of one run of a program. */
    interface Builder {
        Decider build(Instance me, SortedSet<Member> others, Timings timings);
    }

    /** The machine that pgproxy runs. */
    static Decider real(Instance me, SortedSet<Member> others, Timings timings) {
        return of(new VipMachine(me, others, timings, Preferences.NONE));
    }

    /** The same, with each host's preferences. */
    static Builder preferring(Function<Member, Preferences> preferences) {
        return (me, others, timings) -> of(new VipMachine(me, others, timings, preferences.apply(me.member())));
    }

    static Decider of(VipMachine machine) {
        return new Decider() {
            @Override
            public Decision on(Event event, long nowNanos) {
                return machine.on(event, nowNanos);
            }

            @Override
            public VipStatus status(long nowNanos) {
                return machine.status(nowNanos);
            }
        };
    }
}
