package io.pgproxy.vip.machine.sim;

import java.util.Optional;

/**
 * One run: hosts with real machines live through the troubles of a plan, and then there is peace. Checked are that two
 * hosts never have the address at once, that it is only put on with authority, that no machine spins or throws, and that
 * in the end one host has it and keeps it, the favourite if there is one.
 */
final class Simulation {
    private static final long PEACE_NANOS = 3 * Span.SECOND;

    private Simulation() {}

    /** How a run ended; with the trace if it was asked for. */
    record Outcome(Optional<String> violation, World world) {}

    static Outcome run(Plan plan, long seed, boolean traced) {
        World world = new World(plan, seed, traced);
        try {
            live(world);
            return new Outcome(Optional.empty(), world);
        } catch (Violation violation) {
            return new Outcome(Optional.of(String.valueOf(violation.getMessage())), world);
        } catch (RuntimeException | Error thrown) {
            return new Outcome(Optional.of("a machine throws " + at(thrown)), world);
        }
    }

    private static String at(Throwable thrown) {
        StackTraceElement[] stack = thrown.getStackTrace();
        return thrown + (stack.length == 0 ? "" : " at " + stack[0]);
    }

    private static void live(World world) {
        Agenda agenda = world.agenda();
        agenda.runUntil(world.plan().calmNanos());
        world.trace().say(() -> "all troubles are over");
        if (!world.plan().comesToRest) {
            return;
        }
        agenda.runUntil(world.plan().calmNanos() + world.plan().settleNanos());
        long restNanos = agenda.nowNanos();
        world.trace().say(() -> "one host must have the address by now");
        if (world.holders().size() != 1) {
            throw new Violation(
                    "nobody has the address " + Span.seconds(world.plan().settleNanos()) + " s after the last trouble");
        }
        if (!world.plan().favourite.stream().allMatch(world.holders()::contains)) {
            throw new Violation("the address is not where it is to be");
        }
        agenda.runUntil(restNanos + PEACE_NANOS);
        if (!world.gaps().oneHeldThrough(restNanos, agenda.nowNanos())) {
            throw new Violation("the address moves although nothing is wrong");
        }
    }
}
