package io.pgproxy.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgproxy.config.ListenerConfig.Balance;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A replica comes back while 300 clients reconnect at once or one after the other: in no second may it get more than
 * twice its fair share of the new sessions, and in the end it carries its share. Simulated; a seed replays a failure.
 */
final class ReturningReplicaTest {
    private static final int[] WEIGHTS_OF_TWO = {100, 100};
    private static final int[] WEIGHTS_OF_THREE = {100, 100, 100};
    private static final int[] LIGHT = {100, 200, 100};
    private static final int[] HEAVY = {100, 100, 150};

    /** The slow start is 30 s. */
    private static final int[] SECONDS_AFTER_THE_RETURN = {0, 5, 29, 31};

    static Stream<Arguments> worlds() {
        List<Arguments> worlds = new ArrayList<>();
        for (Balance balance : List.of(Balance.LEAST_CONNECTIONS, Balance.ROUND_ROBIN, Balance.RANDOM)) {
            for (int[] weights : List.of(WEIGHTS_OF_TWO, WEIGHTS_OF_THREE, LIGHT, HEAVY)) {
                for (int loops : new int[] {1, 2, 8}) {
                    for (long seed = 1; seed <= 3; seed++) {
                        worlds.add(Arguments.of(balance, weights, loops, seed));
                    }
                }
            }
        }
        return worlds.stream();
    }

    @ParameterizedTest
    @MethodSource("worlds")
    void staysWithinTwiceItsFairShareWhenAllReconnectAtOnce(Balance balance, int[] weights, int loops, long seed) {
        for (int seconds : SECONDS_AFTER_THE_RETURN) {
            Reconnects world = new Reconnects(balance, weights, loops, seed, Balancer::fairShare);
            world.replicaReturns();
            world.churnFor(seconds);
            world.allReconnectAtOnce();
            world.churnFor(60 - seconds);
            world.assertFair();
        }
    }

    @ParameterizedTest
    @MethodSource("worlds")
    void staysWithinTwiceItsFairShareWhenAllReconnectAgainAndAgain(
            Balance balance, int[] weights, int loops, long seed) {
        Reconnects world = new Reconnects(balance, weights, loops, seed, Balancer::fairShare);
        world.replicaReturns();
        for (int i = 0; i < 10; i++) {
            world.allReconnectAtOnce();
            world.churnFor(i);
        }
        world.assertFair();
    }

    /** The hardest case: it is still empty when its slow start is over, and whoever comes then comes in a rush. */
    @ParameterizedTest
    @MethodSource("worlds")
    void staysWithinTwiceItsFairShareWhenARushFollowsSilence(Balance balance, int[] weights, int loops, long seed) {
        for (int seconds : SECONDS_AFTER_THE_RETURN) {
            for (int perSecond : new int[] {30, 100, 1000}) {
                Reconnects world = new Reconnects(balance, weights, loops, seed, Balancer::fairShare);
                world.replicaReturns();
                world.waitFor(seconds);
                world.allReconnectOneByOne(perSecond);
                world.assertFair();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("worlds")
    void carriesItsShareInTheEnd(Balance balance, int[] weights, int loops, long seed) {
        Reconnects world = new Reconnects(balance, weights, loops, seed, Balancer::fairShare);
        world.replicaReturns();
        world.waitFor(31);
        world.churnFor(60);
        world.assertLevel();
    }

    /** What the limit is for: without it the same must fail, or the tests above would prove nothing. */
    @ParameterizedTest
    @EnumSource(names = {"LEAST_CONNECTIONS", "RANDOM"})
    void getsTooMuchWithoutTheLimit(Balance balance) {
        Reconnects world = new Reconnects(balance, LIGHT, 2, 1, listener -> FairShare.unlimited());
        world.replicaReturns();
        world.waitFor(31);
        world.allReconnectOneByOne(100);
        assertThatThrownBy(world::assertFair).isInstanceOf(AssertionError.class).hasMessageContaining("seed 1");
    }

    @Test
    void getsAsGoodAsNothingOfACrowdThatComesWithIt() {
        Reconnects world = new Reconnects(Balance.LEAST_CONNECTIONS, WEIGHTS_OF_THREE, 2, 1, Balancer::fairShare);
        world.replicaReturns();
        world.allReconnectAtOnce();
        assertThat(world.sessionsOfTheReturned()).isBetween(10, 30);
    }
}
