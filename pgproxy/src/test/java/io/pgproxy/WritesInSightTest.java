package io.pgproxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproxy.config.ListenerConfig;
import io.pgproxy.config.ListenerConfig.Route;
import io.pgproxy.core.Candidate;
import io.pgproxy.core.CurrentRoutes;
import io.pgproxy.core.ListenerRoute;
import io.pgproxy.core.Role;
import io.pgproxy.core.RoutingTable;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Whether a holder of the virtual addresses sees a primary. */
class WritesInSightTest {
    private static final InetSocketAddress ADDRESS = new InetSocketAddress(InetAddress.getLoopbackAddress(), 5432);

    private final CurrentRoutes routes = new CurrentRoutes(0);
    private CompletableFuture<Void> turns = CompletableFuture.completedFuture(null);
    private long nowNanos;

    @Test
    void aPrimaryThatAnsweredIsSeen() {
        publish(Map.of("writes", route(Role.PRIMARY, 0)));
        assertThat(of(Route.PRIMARY).isSeen()).isTrue();
    }

    @Test
    void aPrimaryThatIsOnlyRememberedIsNot() {
        publish(Map.of("writes", route(Role.PRIMARY, 1)));
        assertThat(of(Route.PRIMARY).isSeen()).isFalse();
    }

    /** Else the announcement of a switchover would move the addresses. */
    @Test
    void aPrimaryThatIsHeldBackIsSeen() {
        publish(Map.of("writes", heldBack(0)));
        assertThat(of(Route.PRIMARY).isSeen()).isTrue();
    }

    @Test
    void aPrimaryThatIsHeldBackAndOnlyRememberedIsNot() {
        publish(Map.of("writes", heldBack(1)));
        assertThat(of(Route.PRIMARY).isSeen()).isFalse();
    }

    @Test
    void noneIsSeenBeforeTheFirstCheck() {
        assertThat(of(Route.PRIMARY).isSeen()).isFalse();
    }

    @Test
    void theLeaderOfAStandbyClusterIsAsGood() {
        publish(Map.of("writes", route(Role.LEADER, 0)));
        assertThat(of(Route.LEADER).isSeen()).isTrue();
    }

    @Test
    void whoOnlyReadsNeedsNoneAndSeesNone() {
        publish(Map.of("writes", route(Role.REPLICA, 0)));
        assertThat(of(Route.REPLICA).isNeeded()).isFalse();
        assertThat(of(Route.REPLICA).isSeen()).isFalse();
    }

    @Test
    void eachListenerForWritesMustHaveOne() {
        publish(Map.of("writes", route(Role.PRIMARY, 0)));
        WritesInSight both = new WritesInSight(
                List.of(
                        ListenerConfig.withDefaults(
                                "writes", ListenerConfig.DEFAULTS.get(0).bind(), Route.PRIMARY),
                        ListenerConfig.withDefaults(
                                "more", ListenerConfig.DEFAULTS.get(1).bind(), Route.LEADER)),
                routes,
                () -> turns,
                () -> nowNanos);
        assertThat(both.isSeen()).isFalse();
    }

    @Test
    void whatALoopThatHangsHasPublishedIsOnlyRemembered() {
        publish(Map.of("writes", route(Role.PRIMARY, 0)));
        WritesInSight writes = of(Route.PRIMARY);
        turns = new CompletableFuture<>();

        assertThat(writes.isSeen()).isTrue();
        nowNanos += TimeUnit.SECONDS.toNanos(5);
        assertThat(writes.isSeen()).as("it may be late").isTrue();
        nowNanos++;
        assertThat(writes.isSeen()).as("it hangs").isFalse();

        turns.complete(null);
        assertThat(writes.isSeen()).as("it turns again").isTrue();
    }

    private WritesInSight of(Route route) {
        return new WritesInSight(
                List.of(ListenerConfig.withDefaults(
                        "writes", ListenerConfig.DEFAULTS.get(0).bind(), route)),
                routes,
                () -> turns,
                () -> nowNanos);
    }

    private static ListenerRoute route(Role role, int tier) {
        return new ListenerRoute(List.of(new Candidate("pg102", ADDRESS, role, tier, 100)), "", 0);
    }

    private static ListenerRoute heldBack(int tier) {
        Candidate leader = new Candidate("pg102", ADDRESS, Role.PRIMARY, tier, 100);
        return new ListenerRoute(List.of(), "no primary", 0, Map.of(), List.of(leader));
    }

    private void publish(Map<String, ListenerRoute> listeners) {
        routes.publish(new RoutingTable(1, 0, "", listeners, Map.of()));
    }
}
