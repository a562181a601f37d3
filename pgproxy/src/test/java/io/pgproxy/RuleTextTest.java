package io.pgproxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproxy.config.ListenerConfig;
import io.pgproxy.config.ListenerConfig.Balance;
import io.pgproxy.config.MaxLag;
import io.pgproxy.config.Network;
import io.pgproxy.config.PoliciesConfig;
import io.pgproxy.config.PoliciesConfig.Policy;
import io.pgproxy.config.ReadsConfig;
import io.pgproxy.config.RulesConfig;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class RuleTextTest {
    private static final ListenerConfig PRIMARY = ListenerConfig.DEFAULTS.get(0);
    private static final ListenerConfig REPLICAS = ListenerConfig.DEFAULTS.get(1);

    @Test
    void theDefaultsOfWritesAreNoRules() {
        assertThat(RuleText.of(PRIMARY)).isEmpty();
    }

    @Test
    void theDefaultsOfReadsAreSaid() {
        assertThat(RuleText.of(REPLICAS))
                .containsExactly("balance: least-connections", "slow-start: 30s", "fallback: primary");
    }

    @Test
    void aBalanceWithoutSlowStartHasNone() {
        assertThat(RuleText.of(REPLICAS.withBalance(Balance.SOURCE)))
                .containsExactly("balance: source", "fallback: primary");
    }

    @Test
    void aDurationIsSaidInItsLargestUnit() {
        ListenerConfig slow = new ListenerConfig(
                "replicas",
                REPLICAS.bind(),
                REPLICAS.route(),
                REPLICAS.balance(),
                Duration.ofMinutes(10),
                REPLICAS.reads(),
                REPLICAS.rules(),
                REPLICAS.policies());

        assertThat(RuleText.of(slow)).contains("slow-start: 10m");
    }

    @Test
    void conditionsOfReadsAreSaid() {
        MaxLag lag = new MaxLag(OptionalLong.of(16_777_216), Optional.of(Duration.ofMillis(1_500)));
        ReadsConfig reads = new ReadsConfig(
                lag,
                Map.of("zone", "a", "disk", "ssd"),
                Map.of("zone", "b"),
                ReadsConfig.Fallback.PRIMARY,
                OptionalInt.of(5));

        assertThat(RuleText.of(REPLICAS.withReads(reads)))
                .containsExactly(
                        "balance: least-connections",
                        "slow-start: 30s",
                        "max-lag: {bytes: 16MB, time: 1500ms}",
                        "required-tags: {disk: ssd, zone: a}",
                        "refused-tags: {zone: b}",
                        "fallback: primary",
                        "fallback-max-sessions: 5");
    }

    @Test
    void policiesThatAreNotTheDefaultsAreSaid() {
        PoliciesConfig policies =
                new PoliciesConfig(Policy.DRAIN, Policy.KEEP, Optional.of(Duration.ofMinutes(5)), OptionalInt.of(10));

        assertThat(RuleText.of(REPLICAS.withPolicies(policies)))
                .endsWith("on-promotion: drain", "on-lag: keep", "drain-for: 5m", "fallback-return: 10/s");
    }

    @Test
    void rulesForClientsAreSaid() throws Exception {
        Network net = new Network(InetAddress.getByName("10.0.0.0"), 8);
        RulesConfig rules = new RulesConfig(
                List.of(net),
                List.of(net),
                OptionalInt.of(1),
                OptionalInt.of(2),
                OptionalInt.of(3),
                Optional.of(new RulesConfig.ConnectRate(20, 100)));

        assertThat(RuleText.of(PRIMARY.withRules(rules)))
                .containsExactly(
                        "allow-from: [10.0.0.0/8]",
                        "proxy-protocol-from: [10.0.0.0/8]",
                        "max-sessions: 1",
                        "max-sessions-per-node: 2",
                        "max-sessions-per-source: 3",
                        "connects-per-source: {rate: 20/s, burst: 100}");
    }
}
