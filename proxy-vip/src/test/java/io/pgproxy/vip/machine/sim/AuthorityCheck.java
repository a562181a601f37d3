package io.pgproxy.vip.machine.sim;

import io.pgproxy.vip.machine.Action;

/** Checks, whenever the kernel is told or the network, that the machine had the authority for it, and long enough. */
final class AuthorityCheck {
    private final long kernelLateNanos;
    private final long touchNanos;
    private final boolean on;

    AuthorityCheck(Plan plan) {
        kernelLateNanos = plan.timings.kernelLateNanos();
        touchNanos = plan.timings.touchNanos();
        on = plan.checksAuthority;
    }

    void touches(Host host, Decider machine, Action.Touch touch) {
        long nowNanos = host.clock().nowNanos();
        long deadlineNanos = machine.status(nowNanos).deadlineNanos();
        long endNanos = nowNanos + touch.lifetimeSeconds() * Span.SECOND + kernelLateNanos - touchNanos;
        if (on && (touch.lifetimeSeconds() < 1 || endNanos > deadlineNanos)) {
            throw new Violation(host.member() + " is told " + touch + " at " + Span.seconds(nowNanos)
                    + " with an authority until " + Span.seconds(deadlineNanos));
        }
    }

    void announces(Host host, Decider machine) {
        long nowNanos = host.clock().nowNanos();
        if (on && nowNanos >= machine.status(nowNanos).deadlineNanos()) {
            throw new Violation(host.member() + " announces the address without authority");
        }
    }
}
