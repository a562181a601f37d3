package io.pgproxy.vip.machine.sim;

import io.pgproxy.vip.machine.Timings;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.LongFunction;

/** How long the address was nobody's, over many runs with one trouble each of an otherwise healthy pair. */
final class Takeovers {
    private static final long REST_NANOS = 20 * Span.SECOND;

    private final long[] lengthsNanos;

    private Takeovers(long[] lengthsNanos) {
        this.lengthsNanos = lengthsNanos;
        Arrays.sort(lengthsNanos);
    }

    /** From the trouble until another host has the address. */
    static Takeovers after(Trouble trouble, double stopPost, int runs) {
        return untilNext(seed -> plan(trouble, stopPost, seed), runs);
    }

    /** The same with instances that know of no peers, and leases of 8 s. */
    static Takeovers withoutPeersAfter(Trouble trouble, int runs) {
        return untilNext(
                seed -> {
                    Plan plan = plan(trouble, 0, seed);
                    plan.timings = Timings.withTtl(8);
                    plan.peers = List.of(Set.of(), Set.of());
                    return plan;
                },
                runs);
    }

    private static Takeovers untilNext(LongFunction<Plan> plans, int runs) {
        return new Takeovers(Arrays.stream(seeds(runs))
                .map(seed -> {
                    Plan plan = plans.apply(seed);
                    return run(plan, seed)
                            .untilNextHolderNanos(plan.appointments.get(0).atNanos());
                })
                .toArray());
    }

    /** For how long no host has it in all. */
    static Takeovers withoutHolderAt(Trouble trouble, int runs) {
        return new Takeovers(Arrays.stream(seeds(runs))
                .map(seed -> {
                    Plan plan = plan(trouble, 0, seed);
                    return run(plan, seed).withoutHolderNanos(plan.quietNanos, plan.calmNanos());
                })
                .toArray());
    }

    private static long[] seeds(int runs) {
        long[] seeds = new long[runs];
        Arrays.setAll(seeds, index -> index);
        return seeds;
    }

    private static Plan plan(Trouble trouble, double stopPost, long seed) {
        Plan plan = new Plan();
        plan.quietNanos = 6 * Span.SECOND;
        plan.troubledNanos = REST_NANOS;
        plan.restartSoonestNanos = REST_NANOS;
        plan.restartLatestNanos = REST_NANOS;
        plan.oneWayCables = 0;
        plan.stopPost = stopPost;
        plan.comesToRest = false;
        long afterNanos = new Chance(~seed).between(Span.SECOND, 3 * Span.SECOND);
        return plan.then(trouble, Plan.Where.HOLDER, afterNanos, REST_NANOS);
    }

    private static Gaps run(Plan plan, long seed) {
        Simulation.Outcome outcome = Simulation.run(plan, seed, false);
        if (outcome.violation().isPresent()) {
            throw new AssertionError("seed " + seed + ": " + outcome.violation().get());
        }
        return outcome.world().gaps();
    }

    long medianNanos() {
        return lengthsNanos[lengthsNanos.length / 2];
    }

    long worstNanos() {
        return lengthsNanos[lengthsNanos.length - 1];
    }

    @Override
    public String toString() {
        return "median " + Span.seconds(medianNanos()) + " s, worst " + Span.seconds(worstNanos()) + " s";
    }
}
