package io.pgproxy.config.yaml;

import static io.pgproxy.config.yaml.Parsing.NODES;
import static io.pgproxy.config.yaml.Parsing.config;
import static io.pgproxy.config.yaml.Parsing.problems;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgproxy.config.BindAddress;
import io.pgproxy.config.ListenerConfig;
import io.pgproxy.config.ListenerConfig.Balance;
import io.pgproxy.config.ListenerConfig.Route;
import io.pgproxy.config.PoliciesConfig;
import io.pgproxy.config.ReadsConfig;
import io.pgproxy.config.RulesConfig;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ListenerKeysTest {
    private static final BindAddress BIND = new BindAddress("*", 6000);

    @Test
    void readsEveryKey() {
        assertThat(listener("route: replica, balance: round-robin, slow-start: 5s, fallback: none, max-sessions: 7"))
                .isEqualTo(new ListenerConfig(
                        "a",
                        BIND,
                        Route.REPLICA,
                        Balance.ROUND_ROBIN,
                        Duration.ofSeconds(5),
                        ReadsConfig.NONE,
                        new RulesConfig(
                                List.of(),
                                List.of(),
                                OptionalInt.of(7),
                                OptionalInt.empty(),
                                OptionalInt.empty(),
                                Optional.empty()),
                        PoliciesConfig.DEFAULTS));
    }

    @ParameterizedTest
    @EnumSource
    void fillsInTheDefaults(Route route) {
        assertThat(listener("route: " + route.name().toLowerCase(Locale.ROOT)))
                .isEqualTo(ListenerConfig.withDefaults("a", BIND, route));
    }

    @ParameterizedTest
    @CsvSource({"least-connections, LEAST_CONNECTIONS", "round-robin, ROUND_ROBIN", "random, RANDOM", "source, SOURCE"})
    void knowsEveryBalance(String word, Balance balance) {
        assertThat(listener("route: replica, balance: " + word).balance()).isEqualTo(balance);
    }

    @ParameterizedTest
    @CsvSource({"0s, 0", "10m, 600"})
    void takesASlowStartUpToTenMinutes(String text, long seconds) {
        assertThat(listener("route: replica, slow-start: " + text).slowStart()).isEqualTo(Duration.ofSeconds(seconds));
    }

    @Test
    void refusesASlowStartBeyondTenMinutes() {
        assertThat(problems(text("route: replica, slow-start: 11m")))
                .containsExactly("line 2: listeners[0].slow-start: '11m' is out of range; write 0s to 10m");
    }

    @ParameterizedTest
    @ValueSource(strings = {"primary", "leader"})
    void refusesAChoiceWhereThereIsOneNode(String route) {
        assertThat(problems(text("route: " + route + ", balance: least-connections, slow-start: 30s")))
                .containsExactly(
                        "line 2: listeners[0].balance: is for the routes replica, sync, async and any only",
                        "line 2: listeners[0].slow-start: is for the routes replica, sync, async and any only");
    }

    @ParameterizedTest
    @ValueSource(strings = {"replica", "sync", "async", "any"})
    void takesAChoiceWhereThereAreSeveralNodes(String route) {
        assertThat(problems(text("route: " + route + ", balance: random, slow-start: 1s")))
                .isEmpty();
    }

    @Test
    void refusesASlowStartOfABalanceThatHasNone() {
        assertThat(problems(text("route: any, balance: source, slow-start: 0s")))
                .containsExactly("line 2: listeners[0].slow-start: is not for balance: source,"
                        + " where sources stay with their node");
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
                        "line 2: listeners[0].route: 'master' is not known; write primary or leader or replica or sync or async or any");
    }

    @Test
    void refusesAnUnknownBalance() {
        assertThat(problems(text("route: replica, balance: leastconn")))
                .containsExactly("line 2: listeners[0].balance: 'leastconn' is not known;"
                        + " write least-connections or round-robin or random or source");
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
