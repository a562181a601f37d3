package io.pgproxy.config.yaml;

import static io.pgproxy.config.yaml.Parsing.NODES;
import static io.pgproxy.config.yaml.Parsing.config;
import static io.pgproxy.config.yaml.Parsing.problems;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgproxy.config.BindAddress;
import io.pgproxy.config.ListenerConfig;
import io.pgproxy.config.ListenerConfig.Balance;
import io.pgproxy.config.ListenerConfig.Fallback;
import io.pgproxy.config.ListenerConfig.Route;
import io.pgproxy.config.MaxLag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ListenerKeysTest {
    private static final BindAddress BIND = new BindAddress("*", 6000);

    @Test
    void readsEveryKey() {
        assertThat(listener("route: replica, balance: round-robin, max-lag: none, fallback: none"))
                .isEqualTo(
                        new ListenerConfig("a", BIND, Route.REPLICA, Balance.ROUND_ROBIN, MaxLag.NONE, Fallback.NONE));
    }

    @Test
    void givesReadsToThePrimaryWhereNothingIsSaid() {
        assertThat(listener("route: replica"))
                .isEqualTo(new ListenerConfig(
                        "a", BIND, Route.REPLICA, Balance.LEAST_CONNECTIONS, MaxLag.NONE, Fallback.PRIMARY));
    }

    @Test
    void givesALeaderNoFallback() {
        assertThat(listener("route: leader"))
                .isEqualTo(new ListenerConfig(
                        "a", BIND, Route.LEADER, Balance.LEAST_CONNECTIONS, MaxLag.NONE, Fallback.NONE));
    }

    @Test
    void replacesTheDefaultListeners() {
        assertThat(config(text("route: primary")).listeners()).hasSize(1);
    }

    @Test
    void requiresNameAndBindAndRoute() {
        assertThat(problems("listeners:\n- balance: round-robin" + NODES))
                .containsExactly(
                        "line 2: listeners[0].name: is required",
                        "line 2: listeners[0].bind: is required",
                        "line 2: listeners[0].route: is required");
    }

    @Test
    void refusesAnEmptyList() {
        assertThat(problems("listeners: []" + NODES))
                .containsExactly("line 1: listeners: has 0 entries; 1 to 64 are possible");
    }

    @Test
    void refusesAnUnknownRoute() {
        assertThat(problems(text("route: master")))
                .containsExactly(
                        "line 2: listeners[0].route: 'master' is not known; write primary or replica or leader");
    }

    @Test
    void refusesAnUnknownBalance() {
        assertThat(problems(text("route: replica, balance: leastconn")))
                .containsExactly("line 2: listeners[0].balance: 'leastconn' is not known;"
                        + " write least-connections or round-robin");
    }

    @Test
    void refusesAnUnknownFallback() {
        assertThat(problems(text("route: replica, fallback: leader")))
                .containsExactly("line 2: listeners[0].fallback: 'leader' is not known; write none or primary");
    }

    @ParameterizedTest
    @ValueSource(strings = {"primary", "leader"})
    void refusesAMaxLagWhereNoReplicaServes(String route) {
        assertThat(problems(text("route: " + route + ", max-lag: 16MB")))
                .containsExactly("line 2: listeners[0].max-lag: is for route replica only");
    }

    @Test
    void refusesAFallbackWhereNoReplicaServes() {
        assertThat(problems(text("route: primary, fallback: none")))
                .containsExactly("line 2: listeners[0].fallback: is for route replica only");
    }

    @Test
    void refusesTheSameNameTwice() {
        assertThat(problems(
                        """
                        listeners:
                        - {name: a, bind: "*:5432", route: primary}
                        - {name: a, bind: "*:5433", route: primary}
                        """
                                + NODES))
                .containsExactly("line 3: listeners[1].name: a is used already by listeners[0].name in line 2");
    }

    private static ListenerConfig listener(String keys) {
        return config(text(keys)).listeners().get(0);
    }

    private static String text(String keys) {
        return "listeners:\n- {name: a, bind: \"*:6000\", " + keys + "}" + NODES;
    }
}
