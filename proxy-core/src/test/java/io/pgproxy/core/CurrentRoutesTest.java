package io.pgproxy.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class CurrentRoutesTest {
    private final CurrentRoutes routes = new CurrentRoutes(7);

    @Test
    void nobodyHasACandidateBeforeTheFirstTable() {
        assertThat(routes.current().route("any"))
                .isEqualTo(new ListenerRoute(List.of(), "no node has been checked yet", 7));
    }

    @Test
    void sessionsStayBeforeTheFirstTable() {
        assertThat(routes.current().verdict("pg1", Role.PRIMARY).standing()).isEqualTo(Standing.STAY);
    }

    /** Who registers and then looks must see the table, or be found by the subscriber: never neither. */
    @Test
    void tableIsVisibleBeforeItIsTold() {
        List<Long> seen = new ArrayList<>();
        routes.subscribe(told -> seen.add(routes.current().version()));
        routes.publish(Tables.nobody(1, "no primary"));
        assertThat(seen).containsExactly(1L);
    }

    @Test
    void everySubscriberIsTold() {
        List<String> told = new ArrayList<>();
        routes.subscribe(table -> told.add("first"));
        routes.subscribe(table -> told.add("second"));
        routes.publish(Tables.nobody(1, "no primary"));
        assertThat(told).containsExactly("first", "second");
    }

    @Test
    void olderTableIsAMistake() {
        routes.publish(Tables.nobody(2, "no primary"));
        assertThatThrownBy(() -> routes.publish(Tables.nobody(2, "no primary")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("routing table 2 is not newer than 2");
    }

    @Test
    void nodeIsOfferedOnlyInItsRole() {
        ListenerRoute route = Tables.goTo(1, OneLoop.PG1).route(Settings.LISTENER);
        Candidate reader = new Candidate(Settings.PG1, OneLoop.PG1.address(), Role.REPLICA, 0, 100);
        assertThat(route.offers(reader)).isFalse();
    }
}
