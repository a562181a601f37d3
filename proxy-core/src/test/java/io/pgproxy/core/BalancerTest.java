package io.pgproxy.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.pgproxy.config.ListenerConfig.Balance;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class BalancerTest {
    private static final InetSocketAddress ANY = new InetSocketAddress(5432);
    private static final Candidate A = candidate("a", 0, 100);
    private static final Candidate B = candidate("b", 0, 100);
    private static final Candidate C = candidate("c", 0, 100);
    private static final Candidate FALLBACK = candidate("c", 1, 100);
    private static final long RETURN_NANOS = 1_000_000_000_000L;
    private static final Candidate BACK = new Candidate("c", ANY, Role.REPLICA, 0, 100, OptionalLong.of(RETURN_NANOS));

    private final NodeLoad load = new NodeLoad(List.of("a", "b", "c"), new SimpleMeterRegistry());
    private final Balancer leastConnections = balancer(Balance.LEAST_CONNECTIONS);
    private final Balancer roundRobin = balancer(Balance.ROUND_ROBIN);
    private final Balancer random = balancer(Balance.RANDOM);
    private final Balancer source = balancer(Balance.SOURCE);

    private static Candidate candidate(String node, int tier, int weight) {
        return new Candidate(node, ANY, Role.REPLICA, tier, weight);
    }

    private Balancer balancer(Balance balance) {
        var listener = Settings.listener("replicas", "127.0.0.1", 5433).withBalance(balance);
        return new Balancer(listener, load, new SplittableRandom(1));
    }

    private static Optional<Candidate> choose(Balancer balancer, List<Candidate> candidates, Set<String> tried) {
        return balancer.choose(
                candidates, candidate -> !tried.contains(candidate.node()), InetAddress.getLoopbackAddress(), 0);
    }

    /** How often each node is chosen, when sessions come and stay. */
    private Map<String, Integer> chosen(Balancer balancer, int times, Candidate... candidates) {
        Map<String, Integer> chosen = new HashMap<>();
        for (int i = 0; i < times; i++) {
            String node = choose(balancer, List.of(candidates), Set.of())
                    .orElseThrow()
                    .node();
            load.add(node);
            chosen.merge(node, 1, Integer::sum);
        }
        return chosen;
    }

    private static String nodeFor(Balancer balancer, String address, List<Candidate> candidates) {
        try {
            InetAddress client = InetAddress.getByName(address);
            return balancer.choose(candidates, any -> true, client, RETURN_NANOS)
                    .orElseThrow()
                    .node();
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    // ---- tiers -------------------------------------------------------------------------------------------------

    @ParameterizedTest
    @EnumSource
    void nobodyIsChosenFromNobody(Balance balance) {
        assertThat(choose(balancer(balance), List.of(), Set.of())).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void nobodyIsChosenWhenAllWereTried(Balance balance) {
        assertThat(choose(balancer(balance), List.of(A, B), Set.of("a", "b"))).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void higherTierWaitsForTheLowerOne(Balance balance) {
        load.add("a");
        assertThat(choose(balancer(balance), List.of(A, FALLBACK), Set.of())).contains(A);
    }

    @ParameterizedTest
    @EnumSource
    void higherTierIsChosenWhenTheLowerOneWasTried(Balance balance) {
        assertThat(choose(balancer(balance), List.of(A, B, FALLBACK), Set.of("a", "b")))
                .contains(FALLBACK);
    }

    // ---- the rules ---------------------------------------------------------------------------------------------

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
    void leastConnectionsAreCountedByWeight() {
        assertThat(chosen(leastConnections, 400, candidate("a", 0, 300), B)).isEqualTo(Map.of("a", 300, "b", 100));
    }

    @Test
    void roundRobinLooksAtNoLoad() {
        load.add("a");
        load.add("a");
        assertThat(chosen(roundRobin, 100, A, B)).isEqualTo(Map.of("a", 50, "b", 50));
    }

    @Test
    void fourEqualNodesTakeStrictTurns() {
        List<Candidate> four = List.of(A, B, C, candidate("d", 0, 100));
        List<String> nodes = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            nodes.add(choose(roundRobin, four, Set.of()).orElseThrow().node());
        }
        assertThat(nodes.subList(4, 8)).isEqualTo(nodes.subList(0, 4));
        assertThat(nodes.subList(0, 4)).containsExactlyInAnyOrder("a", "b", "c", "d");
    }

    @Test
    void roundRobinCountsByWeight() {
        assertThat(chosen(roundRobin, 500, candidate("a", 0, 300), B, C))
                .isEqualTo(Map.of("a", 300, "b", 100, "c", 100));
    }

    @Test
    void heavyNodeIsNotChosenInARow() {
        List<String> nodes = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            nodes.add(choose(roundRobin, List.of(candidate("a", 0, 200), B, C), Set.of())
                    .orElseThrow()
                    .node());
        }
        assertThat(String.join("", nodes)).doesNotContain("aaa");
    }

    @Test
    void randomIsEvenInTheLongRun() {
        assertThat(chosen(random, 300, A, B, C).values())
                .allSatisfy(times -> assertThat(times).isBetween(90, 110));
    }

    @Test
    void randomCountsByWeight() {
        assertThat(chosen(random, 400, candidate("a", 0, 200), B, C).get("a")).isBetween(180, 220);
    }

    @Test
    void randomTakesTheLessLoadedOfTwo() {
        load.add("a");
        assertThat(chosen(random, 1, A, B)).isEqualTo(Map.of("b", 1));
    }

    // ---- by source ---------------------------------------------------------------------------------------------

    @Test
    void sameSourceGoesToTheSameNode() {
        String node = nodeFor(source, "192.0.2.7", List.of(A, B, C));
        load.add(node);
        assertThat(nodeFor(balancer(Balance.SOURCE), "192.0.2.7", List.of(C, B, A)))
                .isEqualTo(node);
    }

    @Test
    void oneIpv6NetworkIsOneSource() {
        String node = nodeFor(source, "2001:db8:1:2::1", List.of(A, B, C));
        for (int i = 2; i < 100; i++) {
            assertThat(nodeFor(source, "2001:db8:1:2:ffff::" + i, List.of(A, B, C)))
                    .isEqualTo(node);
        }
    }

    @Test
    void neighbouringNetworksAreDifferentSources() {
        Map<String, Integer> nodes = new HashMap<>();
        for (int i = 0; i < 300; i++) {
            nodes.merge(
                    nodeFor(source, "2001:db8:1:" + Integer.toHexString(i) + "::1", List.of(A, B, C)), 1, Integer::sum);
        }
        assertThat(nodes.values()).hasSize(3).allSatisfy(times -> assertThat(times)
                .isBetween(70, 130));
    }

    @Test
    void sourcesAreSharedOutByWeight() {
        Map<String, Integer> nodes = new HashMap<>();
        List<Candidate> candidates = List.of(candidate("a", 0, 300), B);
        for (int i = 0; i < 4000; i++) {
            nodes.merge(nodeFor(source, "10.1." + i / 250 + "." + i % 250, candidates), 1, Integer::sum);
        }
        assertThat(nodes.get("a")).isBetween(2900, 3100);
    }

    @Test
    void onlyTheSourcesOfANodeThatLeavesMove() {
        int moved = 0;
        for (int i = 0; i < 300; i++) {
            String before = nodeFor(source, "10.2.3." + i % 250, List.of(A, B, C));
            String after = nodeFor(source, "10.2.3." + i % 250, List.of(A, B));
            moved += before.equals(after) ? 0 : 1;
            assertThat(before.equals(after) || before.equals("c"))
                    .as("10.2.3." + i)
                    .isTrue();
        }
        assertThat(moved).isBetween(60, 140);
    }

    @Test
    void sourcesReturnToANodeAsSoonAsItIsBack() {
        for (int i = 0; i < 250; i++) {
            assertThat(nodeFor(source, "10.2.3." + i, List.of(A, B, BACK)))
                    .isEqualTo(nodeFor(source, "10.2.3." + i, List.of(A, B, C)));
        }
    }

    // ---- slow start --------------------------------------------------------------------------------------------

    @Test
    void weightGrowsFromATenthToTheWhole() {
        SlowStart slowStart = new SlowStart(Duration.ofSeconds(30));
        assertThat(slowStart.weight(BACK, RETURN_NANOS)).isEqualTo(10);
        assertThat(slowStart.weight(BACK, RETURN_NANOS + Duration.ofSeconds(15).toNanos()))
                .isCloseTo(55, within(1e-9));
        assertThat(slowStart.weight(BACK, RETURN_NANOS + Duration.ofSeconds(30).toNanos()))
                .isEqualTo(100);
    }

    @Test
    void weightIsWholeWithoutASlowStart() {
        assertThat(SlowStart.NONE.weight(BACK, RETURN_NANOS)).isEqualTo(100);
        assertThat(new SlowStart(Duration.ofSeconds(30)).weight(A, RETURN_NANOS))
                .isEqualTo(100);
    }

    // ---- fairness ----------------------------------------------------------------------------------------------

    @Test
    void whoComesBackEmptyGetsNoMoreThanTwiceItsShare() {
        chosen(leastConnections, 300, A, B, C);
        Candidate back = new Candidate("d", ANY, Role.REPLICA, 0, 100, OptionalLong.of(-RETURN_NANOS));
        assertThat(chosen(leastConnections, 80, A, B, C, back).get("d")).isBetween(36, 40);
    }

    @Test
    void whoIsAloneGetsEverything() {
        assertThat(chosen(leastConnections, 100, BACK)).isEqualTo(Map.of("c", 100));
    }

    @Test
    void whoHadTooMuchIsStillChosenWhenNobodyElseIsOpen() {
        chosen(leastConnections, 10, A, B, BACK);
        for (int i = 0; i < 100; i++) {
            assertThat(choose(leastConnections, List.of(A, B, BACK), Set.of("a", "b")))
                    .contains(BACK);
        }
    }

    // ---- load --------------------------------------------------------------------------------------------------

    @Test
    void nodeThatWasFoundLaterIsCountedLikeAnyOther() {
        load.add("found later");
        load.add("found later");
        load.remove("found later");
        assertThat(load.on("found later")).isEqualTo(1);
    }

    @Test
    void nodeWithoutASessionYetHasNone() {
        assertThat(load.on("never seen")).isZero();
    }
}
