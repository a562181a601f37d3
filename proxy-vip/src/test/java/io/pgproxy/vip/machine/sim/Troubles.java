package io.pgproxy.vip.machine.sim;

import java.util.List;

/** Sets the troubles of a run: when each begins, where, and how long it lasts. */
final class Troubles {
    private static final long BURST_NANOS = 1_500 * Span.MILLI;

    private final World world;
    private final Plan plan;
    private final Chance chance;

    Troubles(World world) {
        this.world = world;
        plan = world.plan();
        chance = world.chance();
    }

    void set() {
        List<Trouble> kinds = List.copyOf(plan.kinds);
        long burstNanos = 0;
        for (int count = 0; count < plan.troubles; count++) {
            if (!plan.inBursts || count % 3 == 0) {
                burstNanos = chance.between(plan.quietNanos, plan.calmNanos() - Span.SECOND);
            }
            long atNanos = plan.inBursts ? burstNanos + chance.between(0, BURST_NANOS) : burstNanos;
            set(chance.oneOf(kinds), atNanos, lengthNanos());
        }
        world.agenda().at(plan.quietNanos, () -> {
            Host holder = world.holderOrAny();
            plan.appointments.forEach(one -> keep(one, holder));
        });
    }

    private void keep(Plan.Appointment one, Host holder) {
        List<Host> where =
                switch (one.where()) {
                    case HOLDER -> List.of(holder);
                    case NEXT -> List.of(world.hosts().get((holder.index() + 1) % plan.hosts));
                    case EVERYWHERE -> world.hosts();
                };
        world.agenda()
                .at(
                        one.atNanos(),
                        () -> where.forEach(host -> begin(one.trouble(), host, end(one.atNanos(), one.lengthNanos()))));
    }

    /** Most are about as long as what the protocol waits for; some are gone at once or stay. */
    private long lengthNanos() {
        return switch (chance.below(4)) {
            case 0 -> chance.between(0, 500 * Span.MILLI);
            case 1, 2 -> chance.between(500 * Span.MILLI, 5 * Span.SECOND);
            default -> chance.between(Span.SECOND, 15 * Span.SECOND);
        };
    }

    private void set(Trouble trouble, long atNanos, long lengthNanos) {
        world.agenda().at(atNanos, () -> {
            Host host = chance.with(0.5) ? world.holderOrAny() : chance.oneOf(world.hosts());
            begin(trouble, host, end(atNanos, lengthNanos));
        });
    }

    private long end(long atNanos, long lengthNanos) {
        return Math.min(atNanos + lengthNanos, plan.calmNanos());
    }

    private void begin(Trouble trouble, Host host, long endNanos) {
        world.trace().say(() -> "trouble: " + trouble + " at " + host.member() + " until " + Span.seconds(endNanos));
        world.agenda().at(endNanos, trouble.begin(world, host));
    }
}
