package io.pgproxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproxy.config.BindAddress;
import io.pgproxy.config.ListenerConfig;
import io.pgproxy.config.NodeConfig;
import io.pgproxy.core.Candidate;
import io.pgproxy.core.ListenerRoute;
import io.pgproxy.core.ProxyStatus;
import io.pgproxy.core.ProxyStatus.Limit;
import io.pgproxy.core.ProxyStatus.ListenerStatus;
import io.pgproxy.core.Role;
import io.pgproxy.core.RoutingTable;
import io.pgproxy.health.HealthStatus;
import io.pgproxy.health.MembersStatus;
import io.pgproxy.health.NodeStatus;
import io.pgproxy.health.StoreStatus;
import io.pgproxy.health.decide.Membership;
import io.pgproxy.health.decide.NodeRole;
import io.pgproxy.health.decide.NodeState;
import io.pgproxy.health.store.StoreWatchStatus;
import io.pgproxy.status.StatusReport.Peer;
import io.pgproxy.status.StatusReport.Readiness;
import io.pgproxy.status.StatusReport.Vip;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DiagnosisTest {
    private static final List<ListenerConfig> LISTENERS = ListenerConfig.DEFAULTS;
    private static final List<ListenerConfig> READS_ONLY = List.of(LISTENERS.get(1));
    private static final Limit PLENTY = new Limit("sessions", 5, 100);

    private static final HealthStatus ALL_WELL = health(node("pg102", NodeState.UP, false));
    private static final RoutingTable BOTH_ROUTES = table(route("pg102"), route("pg103"));

    @Test
    void isReadyWhenAllIsWell() {
        assertThat(diagnosis(LISTENERS, running(PLENTY), BOTH_ROUTES, ALL_WELL))
                .isEqualTo(new Readiness(true, List.of(), List.of(), List.of()));
    }

    @Test
    void isNotReadyWithoutAPrimary() {
        RoutingTable table = table(nobody("no primary: pg102 replica"), route("pg103"));

        assertThat(diagnosis(LISTENERS, running(PLENTY), table, ALL_WELL).reasons())
                .containsExactly("listener primary has nobody to go to: no primary: pg102 replica");
    }

    @Test
    void passesOnWhatIsKnownOfCertificates() {
        HealthStatus health = new HealthStatus(
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                List.of("ca-file expires tomorrow"),
                Optional.empty(),
                MembersStatus.CONFIGURED,
                List.of());

        assertThat(diagnosis(LISTENERS, running(PLENTY), BOTH_ROUTES, health))
                .isEqualTo(new Readiness(true, List.of(), List.of(), List.of("ca-file expires tomorrow")));
    }

    @Test
    void warnsWhenPatronisKeysAreNotHeardOf() {
        HealthStatus health = new HealthStatus(
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                List.of(),
                Optional.of(new StoreStatus(
                        StoreWatchStatus.State.LOST, Optional.of(Duration.ofMinutes(1)), 7, 1, Optional.empty())),
                MembersStatus.CONFIGURED,
                List.of());

        assertThat(diagnosis(LISTENERS, running(PLENTY), BOTH_ROUTES, health))
                .isEqualTo(new Readiness(
                        true,
                        List.of(),
                        List.of(),
                        List.of("Patroni's keys in etcd are not heard of: what happens is noticed with the next check"
                                + " only")));
    }

    @Test
    void passesOnWhatIsWrongWithTheMembers() {
        HealthStatus health = new HealthStatus(
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                List.of(),
                Optional.empty(),
                new MembersStatus(Membership.Source.FILE, List.of("member pg105 in etcd is not used")),
                List.of());

        assertThat(diagnosis(LISTENERS, running(PLENTY), BOTH_ROUTES, health))
                .isEqualTo(new Readiness(true, List.of(), List.of(), List.of("member pg105 in etcd is not used")));
    }

    @Test
    void isReadyWithoutAReplicaButWarns() {
        RoutingTable table = table(route("pg102"), nobody("no replica"));

        assertThat(diagnosis(LISTENERS, running(PLENTY), table, ALL_WELL))
                .isEqualTo(new Readiness(
                        true, List.of(), List.of(), List.of("listener replicas has nobody to go to: no replica")));
    }

    @Test
    void isNotReadyWithoutAReplicaWhereNobodyWrites() {
        RoutingTable table = table(nobody("no primary"), nobody("no replica"));

        assertThat(diagnosis(READS_ONLY, running(PLENTY), table, ALL_WELL).ready())
                .isFalse();
    }

    @Test
    void oneEmptyRouteOfSeveralIsAWarningWhereNobodyWrites() {
        BindAddress bind = new BindAddress("*", 5434);
        List<ListenerConfig> listeners =
                List.of(LISTENERS.get(1), ListenerConfig.withDefaults("sync", bind, ListenerConfig.Route.SYNC));
        RoutingTable table = new RoutingTable(
                7, 0, "main", Map.of("replicas", route("pg103"), "sync", nobody("no synchronous replica")), Map.of());

        assertThat(diagnosis(listeners, running(PLENTY), table, ALL_WELL))
                .isEqualTo(new Readiness(
                        true,
                        List.of(),
                        List.of(),
                        List.of("listener sync has nobody to go to: no synchronous replica")));
    }

    @Test
    void isNotReadyWhereNobodyWritesAndEveryRouteIsEmpty() {
        BindAddress bind = new BindAddress("*", 5434);
        List<ListenerConfig> listeners =
                List.of(LISTENERS.get(1), ListenerConfig.withDefaults("sync", bind, ListenerConfig.Route.SYNC));
        RoutingTable table = new RoutingTable(
                7, 0, "main", Map.of("replicas", nobody("no replica"), "sync", nobody("none in sync")), Map.of());

        assertThat(diagnosis(listeners, running(PLENTY), table, ALL_WELL).reasons())
                .containsExactly(
                        "listener replicas has nobody to go to: no replica",
                        "listener sync has nobody to go to: none in sync");
    }

    @Test
    void warnsWhileReadsGoToThePrimary() {
        RoutingTable table = table(route("pg102"), fallback("pg102"));
        HealthStatus health = health(
                node("pg102", NodeState.UP, false),
                node("pg103", NodeState.DOWN, false),
                node("pg104", NodeState.UP, false));

        assertThat(diagnosis(LISTENERS, running(PLENTY), table, health).warnings())
                .first()
                .isEqualTo("listener replicas: reads go to the primary pg102: pg103 is down, connect timed out;"
                        + " pg104 does not do for this listener");
    }

    @Test
    void aPrimaryThatWaitsForItsTurnIsNoWarning() {
        InetSocketAddress address = InetSocketAddress.createUnresolved("a", 5432);
        ListenerRoute both = new ListenerRoute(
                List.of(
                        new Candidate("pg103", address, Role.REPLICA, 0, 100),
                        new Candidate("pg102", address, Role.FALLBACK, 2, 100)),
                "",
                0);

        assertThat(diagnosis(LISTENERS, running(PLENTY), table(route("pg102"), both), ALL_WELL)
                        .warnings())
                .isEmpty();
    }

    @Test
    void isNotReadyBeforeItListens() {
        ProxyStatus starting = proxy(false, false, PLENTY);

        assertThat(diagnosis(LISTENERS, starting, BOTH_ROUTES, ALL_WELL).reasons())
                .containsExactly("listener primary does not listen on *:5432");
    }

    @Test
    void isNotReadyWhileItDrains() {
        ProxyStatus draining = proxy(false, true, PLENTY);

        assertThat(diagnosis(LISTENERS, draining, BOTH_ROUTES, ALL_WELL).reasons())
                .containsExactly("draining: sessions may finish, new ones are not accepted");
    }

    @Test
    void warnsBeforeALimitIsHit() {
        assertThat(diagnosis(LISTENERS, running(new Limit("sessions", 90, 100)), BOTH_ROUTES, ALL_WELL)
                        .warnings())
                .containsExactly("limit sessions: 90 of 100 in use");
        assertThat(diagnosis(LISTENERS, running(new Limit("sessions", 89, 100)), BOTH_ROUTES, ALL_WELL)
                        .warnings())
                .isEmpty();
    }

    @Test
    void anUnusedLimitOfNoneIsNoWarning() {
        assertThat(diagnosis(LISTENERS, running(new Limit("parked", 0, 0)), BOTH_ROUTES, ALL_WELL)
                        .warnings())
                .isEmpty();
    }

    @Test
    void warnsOfANodeThatIsNotUp() {
        HealthStatus health = health(node("pg102", NodeState.SILENT, false));

        assertThat(diagnosis(LISTENERS, running(PLENTY), BOTH_ROUTES, health).warnings())
                .containsExactly("node pg102 is silent: connect timed out");
    }

    @Test
    void warnsWhileFailoverIsPaused() {
        HealthStatus health = health(node("pg102", NodeState.UP, true));

        assertThat(diagnosis(LISTENERS, running(PLENTY), BOTH_ROUTES, health).warnings())
                .containsExactly("Patroni is paused: it will not fail over by itself");
    }

    private static ProxyStatus running(Limit limit) {
        return proxy(true, false, limit);
    }

    private static ProxyStatus proxy(boolean bound, boolean draining, Limit limit) {
        ListenerStatus listener = new ListenerStatus("primary", "*:5432", bound, "primary", 0, 0);
        return new ProxyStatus("epoll", 2, draining, List.of(listener), Map.of(), List.of(limit));
    }

    private static RoutingTable table(ListenerRoute primary, ListenerRoute replicas) {
        return new RoutingTable(7, 0, "main", Map.of("primary", primary, "replicas", replicas), Map.of());
    }

    private static ListenerRoute route(String node) {
        InetSocketAddress address = InetSocketAddress.createUnresolved("a", 5432);
        return new ListenerRoute(List.of(new Candidate(node, address, Role.PRIMARY, 0, 100)), "", 0);
    }

    private static ListenerRoute fallback(String node) {
        InetSocketAddress address = InetSocketAddress.createUnresolved("a", 5432);
        return new ListenerRoute(List.of(new Candidate(node, address, Role.FALLBACK, 2, 100)), "", 0);
    }

    private static ListenerRoute nobody(String why) {
        return new ListenerRoute(List.of(), why, 0);
    }

    private static HealthStatus health(NodeStatus... nodes) {
        return new HealthStatus(
                Optional.of("main"),
                Optional.empty(),
                Optional.of("pg102"),
                Optional.empty(),
                List.of(),
                Optional.empty(),
                MembersStatus.CONFIGURED,
                List.of(nodes));
    }

    private static NodeStatus node(String name, NodeState state, boolean paused) {
        return new NodeStatus(
                new NodeConfig(name, name, 5432, 8008, NodeConfig.Scheme.HTTP, 100),
                state,
                NodeRole.PRIMARY,
                Duration.ZERO,
                "connect timed out",
                new NodeStatus.Lag(OptionalLong.empty(), Optional.empty()),
                Optional.of(new NodeStatus.Answer(
                        Duration.ZERO, OptionalLong.of(3), Optional.empty(), paused, false, false)));
    }

    @Test
    void warnsOfAMemberThatIsNotHeard() {
        List<Peer> peers = List.of(new Peer("b:7001", false), new Peer("c:7001", true));

        assertThat(of(vip("hold", true, "a:7001", List.of(), "etcd", peers)).warnings())
                .containsExactly("virtual address 192.168.50.10: member b:7001 is not heard");
    }

    @Test
    void warnsWhereTheVirtualAddressIsNowhere() {
        assertThat(of(vip("standby", true, null, List.of(), null, List.of())).warnings())
                .containsExactly("virtual address 192.168.50.10 is nowhere: not every listener is bound");
    }

    @Test
    void warnsOnTheHolderThatEtcdDoesNotAnswer() {
        assertThat(of(vip("hold", false, "a:7001", List.of(), "peers", List.of()))
                        .warnings())
                .containsExactly(
                        "virtual address 192.168.50.10: etcd does not answer",
                        "virtual address 192.168.50.10 is here by the other members' promises only");
    }

    @Test
    void warnsOfAnAddressThatIsHereForWantOfABetterPlace() {
        assertThat(of(vip("hold", true, "a:7001", List.of(), null, List.of())).warnings())
                .containsExactly("virtual address 192.168.50.10 is here, though not every listener is bound: nobody"
                        + " else could take it");
    }

    @Test
    void saysNothingOfOneThatIsHandingOver() {
        assertThat(of(holder(true)).warnings()).isEmpty();
        assertThat(of(holder(false)).warnings()).isNotEmpty();
    }

    /** Nor is it said where the address is, or that it is nowhere. */
    @Test
    void warnsOnAStandbyThatEtcdDoesNotAnswer() {
        List<String> warning = List.of("virtual address 192.168.50.10: etcd does not answer");

        assertThat(of(vip("standby", false, "b:7001", List.of(), null, List.of()))
                        .warnings())
                .isEqualTo(warning);
        assertThat(of(vip("standby", false, null, List.of(), null, List.of())).warnings())
                .isEqualTo(warning);
    }

    /** It serves its clients: were it not ready, members could not be added one after the other. */
    @Test
    void othersInTheRecordAreAnErrorThatLeavesItReady() {
        Readiness readiness = of(vip("standby", true, "b:7001", List.of("a:7001", "c:7001"), null, List.of()));

        assertThat(readiness.errors())
                .containsExactly("virtual address 192.168.50.10: the record in etcd names other members than the"
                        + " configuration here: a:7001, c:7001");
        assertThat(readiness.ready()).isTrue();
    }

    private static Vip vip(
            String state,
            boolean etcdAnswers,
            @Nullable String holder,
            List<String> othersRecorded,
            @Nullable String authority,
            List<Peer> peers) {
        return new Vip(
                List.of("192.168.50.10"),
                "a:7001",
                state,
                60,
                etcdAnswers,
                holder,
                othersRecorded,
                authority,
                authority == null ? null : 2.0,
                authority == null ? "not every listener is bound" : null,
                0,
                false,
                peers);
    }

    /** One that is not fit. */
    private static Vip holder(boolean moving) {
        return new Vip(
                List.of("192.168.50.10"),
                "a:7001",
                "hold",
                60,
                true,
                "a:7001",
                List.of(),
                "etcd",
                2.0,
                "not every listener is bound",
                0,
                moving,
                List.of());
    }

    private static Readiness of(Vip vip) {
        return Diagnosis.of(LISTENERS, running(PLENTY), BOTH_ROUTES, ALL_WELL, Optional.of(vip));
    }

    private static Readiness diagnosis(
            List<ListenerConfig> listeners, ProxyStatus proxy, RoutingTable routes, HealthStatus health) {
        return Diagnosis.of(listeners, proxy, routes, health, Optional.empty());
    }
}
