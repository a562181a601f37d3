package io.pgproxy.vip.machine.sim;

import java.util.List;
import java.util.SplittableRandom;

/** The only source of randomness of a run; the same seed draws the same again. */
final class Chance {
    private final SplittableRandom random;

    Chance(long seed) {
        random = new SplittableRandom(seed);
    }

    boolean with(double probability) {
        return probability > 0 && random.nextDouble() < probability;
    }

    /** Both ends may come. */
    long between(long low, long high) {
        return low >= high ? low : random.nextLong(low, high + 1);
    }

    double between(double low, double high) {
        return low >= high ? low : random.nextDouble(low, high);
    }

    int below(int bound) {
        return random.nextInt(bound);
    }

    long any() {
        return random.nextLong();
    }

    <T> T oneOf(List<T> choices) {
        return choices.get(random.nextInt(choices.size()));
    }
}
