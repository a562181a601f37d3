package io.pgproxy.health.decide;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproxy.config.ListenerConfig;
import io.pgproxy.config.ListenerConfig.Route;
import io.pgproxy.config.MaxLag;
import io.pgproxy.config.PoliciesConfig;
import io.pgproxy.config.PoliciesConfig.Policy;
import io.pgproxy.config.ReadsConfig.Fallback;
import io.pgproxy.core.Candidate;
import io.pgproxy.core.Role;
import io.pgproxy.core.RoutingTable;
import io.pgproxy.core.Standing;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever three nodes say, in whatever order: what must hold after every single answer. A seed replays a failure. */
class RandomWalkTest {
    private static final int STEPS = 5_000;
    private static final List<String> NODES = List.of("pg102", "pg103", "pg104");
    private static final List<String> ROLES =
            List.of("primary", "master", "replica", "standby_leader", "demoted", "promoted", "uninitialized");
    private static final ListenerConfig KEPT = Scenario.listener("kept", Route.REPLICA, MaxLag.NONE, Fallback.PRIMARY)
            .withPolicies(new PoliciesConfig(Policy.KEEP, Policy.DRAIN, Optional.empty(), OptionalInt.empty()));
    private static final List<String> STATES = List.of("running", "running", "running", "starting", "stopping");

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void theInvariantsHoldAfterEveryAnswer(long seed) {
        Random random = new Random(seed);
        Scenario scenario = Scenario.with(
                Scenario.PRIMARY,
                Scenario.REPLICAS,
                Scenario.LEADER,
                Scenario.SYNC,
                Scenario.ASYNC,
                Scenario.ANY,
                KEPT);
        Witness witness = new Witness();
        for (int step = 0; step < STEPS; step++) {
            RoutingTable before = scenario.outlook().table();
            scenario.after(pause(random));
            String node = NODES.get(random.nextInt(NODES.size()));
            ProbeOutcome outcome = outcome(random);
            leaderKey(random, scenario);
            scenario.hears(node, outcome);
            witness.hears(node, outcome, scenario.now());
            try {
                witness.check(scenario, before);
            } catch (AssertionError e) {
                throw new AssertionError("seed " + seed + ", step " + step + ", " + node + " said " + outcome, e);
            }
        }
        assertThat(witness.writable).as("steps at which writes went somewhere").isGreaterThan(STEPS / 20);
        assertThat(witness.synchronous).as("steps with a synchronous replica").isGreaterThan(STEPS / 20);
        assertThat(witness.gentle).as("steps with a slow start").isGreaterThan(STEPS / 20);
        assertThat(witness.kept).as("readers that outlived a promotion").isGreaterThan(STEPS / 20);
    }

    /** Mostly quick, sometimes slow, and now and then longer than a yes is good for. */
    private static double pause(Random random) {
        return switch (random.nextInt(20)) {
            case 0 -> 12;
            case 1, 2, 3 -> random.nextDouble() * 4;
            default -> 0.1;
        };
    }

    private static void leaderKey(Random random, Scenario scenario) {
        switch (random.nextInt(40)) {
            case 0 -> scenario.leaderKey(NODES.get(random.nextInt(NODES.size())));
            case 1 -> scenario.noLeaderKey();
            default -> {}
        }
    }

    private static ProbeOutcome outcome(Random random) {
        int timeline = 1 + random.nextInt(4);
        return switch (random.nextInt(12)) {
            case 10 -> Answers.syncReplica();
            case 11 ->
                Answers.ofCluster(
                        random.nextBoolean() ? 200 : 503, ROLES.get(random.nextInt(ROLES.size())), "main", "9");
            case 0, 1 -> Answers.silence();
            case 2 -> Answers.json(200, "<html>");
            case 3, 4 -> Answers.primary(timeline);
            case 5, 6 -> Answers.replica(timeline);
            default ->
                Answers.of(
                        random.nextBoolean() ? 200 : 503,
                        ROLES.get(random.nextInt(ROLES.size())),
                        STATES.get(random.nextInt(STATES.size())));
        };
    }

    /** What an onlooker with nothing but the answers knows. */
    private static final class Witness {
        private static final Set<PatroniRole> LOST =
                Set.of(PatroniRole.REPLICA, PatroniRole.STANDBY_LEADER, PatroniRole.DEMOTED, PatroniRole.UNINITIALIZED);

        private final Map<String, Long> lastYesAsPrimary = new HashMap<>();
        private final Set<String> lastAnswerWasYes = new HashSet<>();
        private final Set<String> noSinceYes = new HashSet<>();
        private int writable;
        private int synchronous;
        private int gentle;
        private int kept;

        void hears(String node, ProbeOutcome outcome, long now) {
            outcome.answer().ifPresent(answer -> {
                boolean yes = answer.status() == 200
                        && answer.role() == PatroniRole.PRIMARY
                        && answer.state() == PatroniState.RUNNING;
                boolean no = answer.status() == 503
                        && LOST.contains(answer.role())
                        && answer.state() != PatroniState.STOPPING;
                if (yes) {
                    lastYesAsPrimary.put(node, now);
                    lastAnswerWasYes.add(node);
                    noSinceYes.remove(node);
                } else {
                    lastAnswerWasYes.remove(node);
                }
                if (no) {
                    noSinceYes.add(node);
                }
            });
        }

        void check(Scenario scenario, RoutingTable before) {
            RoutingTable table = scenario.outlook().table();
            List<String> primaries = with(table, Standing.GO);
            assertThat(primaries).as("nodes that take writes").hasSizeLessThanOrEqualTo(1);
            assertThat(with(table, Standing.GO, Role.LEADER)).hasSizeLessThanOrEqualTo(1);
            writable += primaries.size();
            for (String node : primaries) {
                assertThat(lastAnswerWasYes).as("last answers that were a yes").contains(node);
                assertThat(scenario.now() - lastYesAsPrimary.getOrDefault(node, Long.MIN_VALUE))
                        .as("age of the yes")
                        .isLessThan(Answers.CONFIG.staleAfter().toNanos());
            }
            for (String node : with(table, Standing.END)) {
                assertThat(noSinceYes.contains(node) || isOverruled(scenario, node))
                        .as("sessions end only on a verified no: " + node)
                        .isTrue();
            }
            table.listeners().forEach((listener, route) -> route.candidates().forEach(candidate -> assertThat(
                            table.verdict(candidate.node(), candidate.role()).standing())
                    .as("a candidate of " + listener + " may be gone to")
                    .isEqualTo(Standing.GO)));
            checkReads(scenario, table);
            checkKept(scenario);
            checkSlowStart(before, table, scenario.now());
            assertThat(table.version()).isBetween(before.version(), before.version() + 4);
        }

        private void checkReads(Scenario scenario, RoutingTable table) {
            for (String listener : List.of("sync", "async", "any", "replicas")) {
                assertThat(scenario.nodes(listener))
                        .as("nodes of " + listener)
                        .noneMatch(node -> scenario.state(node) == NodeState.REFUSED || isOverruled(scenario, node));
            }
            List<String> replicas = readers(table, "replicas");
            List<String> apart = new ArrayList<>(readers(table, "sync"));
            synchronous += apart.size();
            apart.addAll(readers(table, "async"));
            assertThat(apart).as("sync and async").containsExactlyInAnyOrderElementsOf(replicas);
            List<String> together = new ArrayList<>(replicas);
            together.addAll(with(table, Standing.GO, Role.LEADER));
            assertThat(readers(table, "any")).as("any").containsExactlyInAnyOrderElementsOf(together);
            for (String node : with(table, Standing.END, Role.ANY)) {
                assertThat(isOverruled(scenario, node)).as("overruled: " + node).isTrue();
            }
        }

        /** Readers may outlive a promotion, and never what comes after it. */
        private void checkKept(Scenario scenario) {
            for (String node : NODES) {
                boolean isNone = scenario.state(node) == NodeState.DOWN;
                kept += !isNone && scenario.standing(node, Role.REPLICA) == Standing.END ? 1 : 0;
                assertThat(scenario.standing("kept", node, Role.REPLICA) == Standing.END)
                        .as("readers on " + node + ", which is verifiably no primary any more")
                        .isEqualTo(isNone
                                || scenario.outlook().cluster().node(node).hasSteppedDown());
            }
        }

        /** Whoever was there before keeps the time that he came with, and nobody comes from the future. */
        private void checkSlowStart(RoutingTable before, RoutingTable table, long now) {
            table.listeners().forEach((listener, route) -> {
                for (Candidate candidate : route.candidates()) {
                    candidate.eligibleSinceNanos().ifPresent(since -> {
                        gentle++;
                        assertThat(since).isLessThanOrEqualTo(now);
                    });
                    for (Candidate was : before.route(listener).candidates()) {
                        boolean same = was.node().equals(candidate.node()) && was.role() == candidate.role();
                        assertThat(!same
                                        || table.version() > before.version() + 1
                                        || was.eligibleSinceNanos().equals(candidate.eligibleSinceNanos()))
                                .as("slow start of %s on %s, which was %s", candidate, listener, was)
                                .isTrue();
                    }
                }
            });
        }

        private static List<String> readers(RoutingTable table, String listener) {
            return table.route(listener).candidates().stream()
                    .filter(candidate -> candidate.role() != Role.FALLBACK)
                    .map(Candidate::node)
                    .toList();
        }

        private static boolean isOverruled(Scenario scenario, String node) {
            return scenario.cluster().leadership().overruled().containsKey(node);
        }

        private static List<String> with(RoutingTable table, Standing standing) {
            return with(table, standing, Role.PRIMARY);
        }

        private static List<String> with(RoutingTable table, Standing standing, Role role) {
            Function<String, Standing> of = node -> table.verdict(node, role).standing();
            return NODES.stream().filter(node -> of.apply(node) == standing).toList();
        }
    }
}
