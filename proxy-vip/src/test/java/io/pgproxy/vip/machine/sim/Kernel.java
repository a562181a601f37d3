package io.pgproxy.vip.machine.sim;

/**
 * The address on one host: put on with a lifetime, dropped by the kernel itself somewhat after its end, whether the
 * program lives or not. One address stands for all of them.
 */
final class Kernel {
    private final Agenda agenda;
    private final HostClock clock;
    private final Chance chance;
    private final long latestDropNanos;
    private final Witness witness;
    private boolean present;
    private boolean refusing;
    private long lifetime;

    /** Who looks on. */
    interface Witness {
        /** The address was not there and is now. */
        void appeared();

        /** The address was there and is no more. */
        void vanished(Why why);
    }

    /** Who took the address away. */
    enum Why {
        LIFETIME_OVER,
        DELETED,
        OPERATOR
    }

    /** @param latestDropNanos how late the kernel may be when it drops the address */
    Kernel(Agenda agenda, HostClock clock, Chance chance, long latestDropNanos, Witness witness) {
        this.agenda = agenda;
        this.clock = clock;
        this.chance = chance;
        this.latestDropNanos = latestDropNanos;
        this.witness = witness;
    }

    boolean present() {
        return present;
    }

    /** Whether it does nothing for now that a program asks for. */
    void refuses(boolean now) {
        refusing = now;
    }

    boolean refuses() {
        return refusing;
    }

    /** RTM_NEWADDR with NLM_F_REPLACE: renews the lifetime, and puts an address that has expired on again. */
    void touch(int lifetimeSeconds) {
        long mine = ++lifetime;
        long endNanos = clock.trueNanos(clock.nowNanos() + lifetimeSeconds * Span.SECOND);
        agenda.at(endNanos + chance.between(0, latestDropNanos), () -> {
            if (lifetime == mine) {
                take(Why.LIFETIME_OVER);
            }
        });
        if (!present) {
            present = true;
            witness.appeared();
        }
    }

    void delete(Why why) {
        lifetime++;
        take(why);
    }

    private void take(Why why) {
        if (present) {
            present = false;
            witness.vanished(why);
        }
    }
}
