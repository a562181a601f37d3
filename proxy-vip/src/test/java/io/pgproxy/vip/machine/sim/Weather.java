package io.pgproxy.vip.machine.sim;

/** How badly the network treats what it carries; changes during a run. */
final class Weather {
    private final Chance chance;
    private final Plan plan;
    private double loss;
    private double duplication;
    private double replay;
    private double spikes;
    private long spikeNanos;

    Weather(Chance chance, Plan plan) {
        this.chance = chance;
        this.plan = plan;
        clears();
    }

    void becomesBad() {
        loss = chance.between(0.0, 0.5);
        duplication = chance.between(0.0, 0.3);
        replay = chance.between(0.0, 0.3);
        spikes = chance.between(0.0, 0.3);
        spikeNanos = chance.between(0, 2 * Span.SECOND);
    }

    void clears() {
        loss = 0;
        duplication = 0;
        replay = plan.replays;
        spikes = plan.spikes;
        spikeNanos = plan.spikeNanos;
    }

    boolean loses() {
        return chance.with(loss);
    }

    boolean duplicates() {
        return chance.with(duplication);
    }

    boolean replays() {
        return chance.with(replay);
    }

    /** One way through the network; a spike lets later things overtake. */
    long delayNanos() {
        long usual = chance.between(50 * Span.MICRO, 1_500 * Span.MICRO);
        return chance.with(spikes) ? usual + chance.between(0, spikeNanos) : usual;
    }
}
