package io.pgproxy.health.decide;

import io.pgproxy.config.BindAddress;
import io.pgproxy.config.HealthConfig;
import io.pgproxy.config.ListenerConfig;
import io.pgproxy.config.ListenerConfig.Route;
import io.pgproxy.config.MaxLag;
import io.pgproxy.config.NodeConfig;
import io.pgproxy.config.ReadsConfig;
import io.pgproxy.config.ReadsConfig.Fallback;
import io.pgproxy.core.Candidate;
import io.pgproxy.core.Role;
import io.pgproxy.core.Standing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** A cluster of pg102, pg103 and pg104 that is told answers one by one; notices are kept. */
final class Scenario {
    static final List<NodeConfig> NODES = List.of(node("pg102"), node("pg103"), node("pg104"));
    static final ListenerConfig PRIMARY = listener("primary", Route.PRIMARY, MaxLag.NONE, Fallback.NONE);
    static final ListenerConfig REPLICAS = listener("replicas", Route.REPLICA, MaxLag.NONE, Fallback.PRIMARY);
    static final ListenerConfig LEADER = listener("leader", Route.LEADER, MaxLag.NONE, Fallback.NONE);
    static final ListenerConfig SYNC = listener("sync", Route.SYNC, MaxLag.NONE, Fallback.NONE);
    static final ListenerConfig ASYNC = listener("async", Route.ASYNC, MaxLag.NONE, Fallback.NONE);
    static final ListenerConfig ANY = listener("any", Route.ANY, MaxLag.NONE, Fallback.NONE);

    final List<String> log = new ArrayList<>();
    private final RoutingPolicy routing;
    private final Notices notices;
    private AnnouncePolicy announcing = new AnnouncePolicy(Duration.ofSeconds(5));
    private Outlook outlook;
    private long now;

    private Scenario(HealthConfig config, Optional<String> scope, List<ListenerConfig> listeners) {
        routing = new RoutingPolicy(listeners, NODES);
        notices = new Notices(listeners);
        outlook = Outlook.of(
                ClusterHealth.nothingKnown(
                        config, List.of("pg102", "pg103", "pg104"), scope, Duration.ofMinutes(10), 0),
                0);
    }

    static Scenario start() {
        return with(PRIMARY, REPLICAS);
    }

    static Scenario with(ListenerConfig... listeners) {
        return new Scenario(Answers.CONFIG, Optional.empty(), List.of(listeners));
    }

    static Scenario withConfig(HealthConfig config, ListenerConfig... listeners) {
        return new Scenario(config, Optional.empty(), List.of(listeners));
    }

    static Scenario withScope(String scope) {
        return new Scenario(Answers.CONFIG, Optional.of(scope), List.of(PRIMARY, REPLICAS));
    }

    static Scenario withConfig(HealthConfig config) {
        return new Scenario(config, Optional.empty(), List.of(PRIMARY, REPLICAS));
    }

    /** pg102 is the primary on timeline 5, the others follow. */
    static Scenario healthy() {
        return start().allWell();
    }

    Scenario announcing(AnnouncePolicy policy) {
        announcing = policy;
        return this;
    }

    static ListenerConfig listener(String name, Route route, MaxLag maxLag, Fallback fallback) {
        return ListenerConfig.withDefaults(name, new BindAddress("*", 5432), route)
                .withReads(ReadsConfig.NONE.withMaxLag(maxLag).withFallback(fallback));
    }

    Scenario hears(String node, ProbeOutcome outcome) {
        return hears(node, Answers.at(now, outcome));
    }

    Scenario hears(String node, ProbeResult result) {
        return moveTo(outlook.cluster().after(node, result));
    }

    /** The same for the three of them: pg102 is the primary on timeline 5, the others follow. */
    Scenario allWell() {
        return hears("pg102", Answers.primary(5))
                .hears("pg103", Answers.replica(5))
                .hears("pg104", Answers.replica(5));
    }

    Scenario hearsAll(ProbeOutcome outcome) {
        return hears("pg102", outcome).hears("pg103", outcome).hears("pg104", outcome);
    }

    Scenario leaderKey(String member) {
        return moveTo(outlook.cluster().withLeaderKey(Optional.of(new LeaderKey(member, true)), now));
    }

    /** Etcd is not heard of any more, and this is what the key said last. */
    Scenario rememberedLeaderKey(String member) {
        return moveTo(outlook.cluster().withLeaderKey(Optional.of(new LeaderKey(member, false)), now));
    }

    Scenario noLeaderKey() {
        return moveTo(outlook.cluster().withLeaderKey(Optional.empty(), now));
    }

    /** Etcd has this, at that time by the wall clock. */
    Scenario stored(PatroniStore store, long wallMillis) {
        ClusterHealth known = cluster().withLeaderKey(store.leaderKey(), now);
        return moveTo(known.withAnnouncement(announcing.next(known.announcement(), known, store, now, wallMillis)));
    }

    Scenario after(double seconds) {
        now += Answers.seconds(seconds);
        return moveTo(outlook.cluster().at(now));
    }

    Outlook outlook() {
        return outlook;
    }

    ClusterHealth cluster() {
        return outlook.cluster();
    }

    long now() {
        return now;
    }

    NodeState state(String node) {
        return cluster().view(node).state();
    }

    Standing standing(String node, Role role) {
        return outlook.table().verdict(node, role).standing();
    }

    /** The same for the sessions of one listener, by its policies. */
    Standing standing(String listener, String node, Role role) {
        return outlook.table().verdict(listener, node, role).standing();
    }

    /** The candidates of a listener, as {@code name:role:tier}. */
    List<String> candidates(String listener) {
        return outlook.table().route(listener).candidates().stream()
                .map(Scenario::text)
                .toList();
    }

    /** Who serves a listener's sessions that cannot wait, as {@code name:role:tier}. */
    List<String> heldBack(String listener) {
        return outlook.table().route(listener).heldBack().stream()
                .map(Scenario::text)
                .toList();
    }

    /** The nodes that a listener's sessions go to, in whatever role and tier. */
    List<String> nodes(String listener) {
        return outlook.table().route(listener).candidates().stream()
                .map(Candidate::node)
                .toList();
    }

    /** Since when a node is a candidate, as its slow start has it. */
    OptionalLong since(String listener, String node) {
        return outlook.table().route(listener).candidates().stream()
                .filter(candidate -> candidate.node().equals(node))
                .findFirst()
                .orElseThrow()
                .eligibleSinceNanos();
    }

    String whyNobody(String listener) {
        return outlook.table().route(listener).whyNobody();
    }

    private static String text(Candidate candidate) {
        return candidate.node() + ":" + candidate.role() + ":" + candidate.tier();
    }

    private Scenario moveTo(ClusterHealth cluster) {
        Outlook before = outlook;
        outlook = routing.next(before, cluster, now);
        for (Notice notice : notices.between(before.cluster(), outlook.cluster())) {
            log.add(notice.level() + " " + notice.text());
        }
        for (Notice notice : notices.between(before.table(), outlook.table())) {
            log.add(notice.level() + " " + notice.text());
        }
        return this;
    }

    private static NodeConfig node(String name) {
        return new NodeConfig(name, name, 5432, 8008, NodeConfig.Scheme.HTTP, 100);
    }
}
