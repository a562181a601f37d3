package io.pgproxy.vip.machine.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproxy.vip.machine.Action;
import io.pgproxy.vip.machine.Decision;
import io.pgproxy.vip.machine.Event;
import io.pgproxy.vip.machine.State;
import io.pgproxy.vip.machine.VipStatus;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;

/** Machines that know nothing of the protocol are caught, each by the check that is meant for it. */
class CheckersTest {
    private static final Action TOUCH = new Action.Touch(3, Long.MAX_VALUE / 8);

    @Test
    void twoThatHaveTheAddressAtOnce() {
        assertThat(violation(Long.MAX_VALUE, (event, now) -> onStart(event, TOUCH)))
                .hasValueSatisfying(what -> assertThat(what).contains("at once"));
    }

    @Test
    void oneThatPutsItOnWithoutAuthority() {
        assertThat(violation(0, (event, now) -> onStart(event, TOUCH)))
                .hasValueSatisfying(what -> assertThat(what).contains("authority"));
    }

    @Test
    void nobodyWhoHasIt() {
        assertThat(violation(0, (event, now) -> new Decision(List.of(), Long.MAX_VALUE)))
                .hasValueSatisfying(what -> assertThat(what).contains("nobody has the address"));
    }

    @Test
    void oneThatSpins() {
        assertThat(violation(0, (event, now) -> new Decision(List.of(), now)))
                .hasValueSatisfying(what -> assertThat(what).contains("within a second"));
    }

    @Test
    void oneThatThrows() {
        assertThat(violation(0, (event, now) -> {
                    throw new IllegalStateException("lost");
                }))
                .hasValueSatisfying(what -> assertThat(what).contains("throws").contains("lost"));
    }

    @Test
    void theSameSeedIsTheSameRun() {
        Plan plan = Plans.anyNetwork(7);
        String first = Simulation.run(plan, 7, true).world().trace().text();
        assertThat(Simulation.run(Plans.anyNetwork(7), 7, true).world().trace().text())
                .isEqualTo(first);
    }

    private static Decision onStart(Event event, Action action) {
        return new Decision(event instanceof Event.Started ? List.of(action) : List.of(), Long.MAX_VALUE);
    }

    private static Optional<String> violation(long deadlineNanos, BiFunction<Event, Long, Decision> rule) {
        Plan plan = new Plan();
        plan.builder = (me, others, timings) -> new Decider() {
            @Override
            public Decision on(Event event, long nowNanos) {
                return rule.apply(event, nowNanos);
            }

            @Override
            public VipStatus status(long nowNanos) {
                return naive(deadlineNanos);
            }
        };
        return Simulation.run(plan, 1, false).violation();
    }

    private static VipStatus naive(long deadlineNanos) {
        return new VipStatus(
                State.HOLD,
                0,
                true,
                true,
                Optional.empty(),
                new TreeSet<>(),
                deadlineNanos,
                0,
                0,
                0,
                0,
                0,
                Map.of(),
                new TreeSet<>(),
                false,
                false,
                0,
                "");
    }
}
