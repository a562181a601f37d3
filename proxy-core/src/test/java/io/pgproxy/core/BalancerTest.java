package io.pgproxy.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.pgproxy.config.ListenerConfig.Balance;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class BalancerTest {
    private static final InetSocketAddress ANY = new InetSocketAddress(5432);
    private static final Candidate A = new Candidate("a", ANY, Role.REPLICA, 0, 100);
    private static final Candidate B = new Candidate("b", ANY, Role.REPLICA, 0, 100);
    private static final Candidate FALLBACK = new Candidate("c", ANY, Role.PRIMARY, 1, 100);

    private final NodeLoad load = new NodeLoad(List.of("a", "b", "c"), new SimpleMeterRegistry());
    private final Balancer leastConnections = new Balancer(Balance.LEAST_CONNECTIONS, load);
    private final Balancer roundRobin = new Balancer(Balance.ROUND_ROBIN, load);

    private static Optional<Candidate> choose(Balancer balancer, List<Candidate> candidates, Set<String> tried) {
        return balancer.choose(
                candidates, candidate -> !tried.contains(candidate.node()), InetAddress.getLoopbackAddress(), 0);
    }

    @Test
    void nobodyIsChosenFromNobody() {
        assertThat(choose(leastConnections, List.of(), Set.of())).isEmpty();
    }

    @Test
    void nobodyIsChosenWhenAllWereTried() {
        assertThat(choose(leastConnections, List.of(A, B), Set.of("a", "b"))).isEmpty();
    }

    @Test
    void leastLoadedIsChosen() {
        load.add("a");
        assertThat(choose(leastConnections, List.of(A, B), Set.of())).contains(B);
    }

    @Test
    void equallyLoadedTakeTurns() {
        assertThat(List.of(
                        choose(leastConnections, List.of(A, B), Set.of()).orElseThrow(),
                        choose(leastConnections, List.of(A, B), Set.of()).orElseThrow()))
                .containsExactly(A, B);
    }

    @Test
    void roundRobinLooksAtNoLoad() {
        load.add("a");
        assertThat(List.of(
                        choose(roundRobin, List.of(A, B), Set.of()).orElseThrow(),
                        choose(roundRobin, List.of(A, B), Set.of()).orElseThrow(),
                        choose(roundRobin, List.of(A, B), Set.of()).orElseThrow()))
                .containsExactly(A, B, A);
    }

    @Test
    void higherTierWaitsForTheLowerOne() {
        load.add("a");
        assertThat(choose(leastConnections, List.of(A, FALLBACK), Set.of())).contains(A);
    }

    @Test
    void higherTierIsChosenWhenTheLowerOneWasTried() {
        assertThat(choose(leastConnections, List.of(A, B, FALLBACK), Set.of("a", "b")))
                .contains(FALLBACK);
    }
}
