package io.pgproxy.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.Channel;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Sessions look after themselves every five seconds, and not all in one go. */
final class TickTest {
    private final OneLoop one = new OneLoop();
    private final List<Counting> sessions = new ArrayList<>();

    private static final class Counting implements Session {
        private int ticks;

        @Override
        public void tick() {
            ticks++;
        }

        @Override
        public Channel channel() {
            throw new AssertionError("nobody asks for it");
        }

        @Override
        public void onAddressMoved(String why) {}

        @Override
        public void onTable(RoutingTable table) {}

        @Override
        public Optional<SessionStatus> status(long nowNanos) {
            throw new AssertionError("nobody asks for it");
        }

        @Override
        public void onDrain() {}

        @Override
        public void end(CloseReason reason, String why) {}
    }

    private void register(int count) {
        for (int i = 0; i < count; i++) {
            Counting session = new Counting();
            sessions.add(session);
            one.loop.register(session);
        }
    }

    private void advance(int steps) {
        for (int i = 0; i < steps; i++) {
            one.advance(100);
        }
    }

    private List<Integer> ticks() {
        return sessions.stream().map(session -> session.ticks).toList();
    }

    @Test
    void eachStepIsAFiftiethOfThem() {
        register(1_000);
        advance(1);
        assertThat(ticks().stream().mapToInt(Integer::intValue).sum()).isEqualTo(20);
    }

    @Test
    void everyoneHasItsTurnOnceInFiveSeconds() {
        register(1_003);
        advance(50);
        assertThat(ticks()).isEqualTo(Collections.nCopies(1_003, 1));
    }

    @Test
    void oneAloneIsNotAskedMoreOften() {
        register(1);
        advance(150);
        assertThat(ticks()).containsExactly(3);
    }

    @Test
    void whoLeavesAndComesCostsNobodyATurn() {
        register(100);
        for (int i = 0; i < 50; i++) {
            one.loop.remove(sessions.remove(0));
            register(1);
            advance(1);
        }
        advance(60);
        assertThat(ticks()).allMatch(ticks -> ticks >= 1);
    }
}
