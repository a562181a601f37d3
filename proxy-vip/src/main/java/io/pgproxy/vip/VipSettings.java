package io.pgproxy.vip;

import static java.util.stream.Collectors.joining;

import io.pgproxy.config.HandoverConfig;
import io.pgproxy.config.VipConfig;
import io.pgproxy.vip.machine.Preferences;
import io.pgproxy.vip.machine.TimingCheck;
import io.pgproxy.vip.machine.Timings;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** What the configuration means to the machine. Stateless. */
public final class VipSettings {
    private VipSettings() {}

    /**
     * The lengths that the configuration asks for.
     *
     * @throws IllegalArgumentException if the protocol can't work with them; its text is for the operator, a line for
     *     each reason
     */
    public static Timings timings(VipConfig vip) {
        Timings timings = Timings.withTtl(vip.leaseTtl().toSeconds());
        List<String> problems =
                TimingCheck.problems(timings, vip.peers().peers().isEmpty());
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException(problems.stream()
                    .map(problem -> "vip.lease-ttl: " + problem)
                    .collect(joining("\n")));
        }
        return timings;
    }

    /**
     * Where the address would rather be.
     *
     * @param needsPrimary whether clients come here to write; if not, it is no loss that no primary is in sight
     */
    public static Preferences preferences(HandoverConfig handover, boolean needsPrimary) {
        return new Preferences(
                needsPrimary ? nanos(handover.handoverAfter()) : OptionalLong.empty(),
                handover.priority(),
                nanos(handover.preempt()),
                handover.handoverDrain().toNanos());
    }

    private static OptionalLong nanos(Optional<Duration> length) {
        return length.map(Duration::toNanos).map(OptionalLong::of).orElse(OptionalLong.empty());
    }
}
