package io.pgproxy.vip.machine.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongFunction;

/**
 * Runs many seeds of one kind of plan, side by side, until one goes wrong.
 *
 * <p>{@code -Dpgproxy.seeds=N} sets how many of the mixed runs there are in all, {@code -Dpgproxy.first-seed=S} where
 * they begin, {@code -Dpgproxy.seed=S} runs that one only and prints what happened in it.
 */
final class Seeds {
    private static final int THREADS = 2;
    private static final long NONE = Long.MAX_VALUE;
    private static final int MIXED = Integer.getInteger("pgproxy.seeds", 4_000);
    private static final long FIRST = Long.getLong("pgproxy.first-seed", 0);
    private static final Optional<Long> ONLY = Optional.ofNullable(Long.getLong("pgproxy.seed"));

    private final String name;
    private final LongFunction<Plan> plans;

    /** @param name of this kind of plan, for {@code lab/simulate} and for the reader */
    Seeds(String name, LongFunction<Plan> plans) {
        this.name = name;
        this.plans = plans;
    }

    /** What went wrong, and with which seed. */
    record Found(String name, long seed, String violation, String trace) {
        @Override
        public String toString() {
            return "seed " + seed + ": " + violation + "\nto see it again: lab/simulate --replay " + name + " " + seed
                    + "\n" + trace;
        }
    }

    /** That part of the mixed runs. */
    static int share(double part) {
        return (int) Math.ceil(MIXED * part);
    }

    /** As many of the mixed runs, or the one that was asked for, until one goes wrong. */
    Optional<Found> firstWrong(int count) {
        if (ONLY.isPresent()) {
            return replay(ONLY.get());
        }
        System.out.println(name + ": seeds " + FIRST + " to " + (FIRST + count - 1));
        return search(FIRST, count);
    }

    /** The lowest seed that goes wrong among the first so many, whatever was asked for. */
    static Optional<Found> firstWrongOf(LongFunction<Plan> plans, int count) {
        return new Seeds("", plans).search(0, count);
    }

    private Optional<Found> search(long first, int count) {
        AtomicLong next = new AtomicLong(first);
        AtomicLong wrong = new AtomicLong(NONE);
        List<Thread> threads = new ArrayList<>();
        for (int index = 0; index < THREADS; index++) {
            Thread thread = new Thread(() -> search(next, first + count, wrong), "seeds-" + index);
            thread.start();
            threads.add(thread);
        }
        threads.forEach(Seeds::join);
        return wrong.get() == NONE ? Optional.empty() : replay(wrong.get());
    }

    private void search(AtomicLong next, long end, AtomicLong wrong) {
        for (long seed = next.getAndIncrement(); seed < end; seed = next.getAndIncrement()) {
            if (wrong.get() != NONE) {
                return;
            }
            long tried = seed;
            if (Simulation.run(plans.apply(tried), tried, false).violation().isPresent()) {
                wrong.accumulateAndGet(tried, Math::min);
            }
        }
    }

    /** The same run again, with a trace. */
    private Optional<Found> replay(long seed) {
        Simulation.Outcome outcome = Simulation.run(plans.apply(seed), seed, true);
        if (ONLY.isPresent()) {
            System.out.println(outcome.world().trace().text());
        }
        return outcome.violation()
                .map(violation ->
                        new Found(name, seed, violation, outcome.world().trace().text()));
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", interrupted);
        }
    }
}
