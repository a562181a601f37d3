package io.pgproxy.vip.machine.sim;

import io.pgproxy.vip.machine.Action;

/** When the fuse of a netlink call burns; every way but the first is a planted fault. */
enum Fuse {
    /** As the machine says, counted from the time that it decided with. */
    AS_DECIDED {
        @Override
        long atNanos(Action.Touch touch, long nowNanos) {
            return touch.fuseAtNanos();
        }
    },
    /** Counted from the call, so that a pause between the decision and the call goes unseen. */
    FROM_THE_CALL {
        @Override
        long atNanos(Action.Touch touch, long nowNanos) {
            return nowNanos + 80 * Span.MILLI;
        }
    },
    NONE {
        @Override
        long atNanos(Action.Touch touch, long nowNanos) {
            return Long.MAX_VALUE / 4;
        }
    };

    abstract long atNanos(Action.Touch touch, long nowNanos);
}
