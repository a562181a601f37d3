package io.pgproxy;

import io.pgproxy.config.ListenerConfig;
import io.pgproxy.config.MaxLag;
import io.pgproxy.config.Network;
import io.pgproxy.config.PoliciesConfig;
import io.pgproxy.config.ReadsConfig;
import io.pgproxy.config.RulesConfig;
import io.pgproxy.config.UnitText;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;

/** What a listener does with its sessions, in the words of the configuration; what is off is left out. Pure. */
final class RuleText {
    private final List<String> rules = new ArrayList<>();

    private RuleText() {}

    /** A {@code key: value} each. */
    static List<String> of(ListenerConfig listener) {
        RuleText text = new RuleText();
        if (listener.route().servesReads()) {
            text.reads(listener);
        }
        text.rules(listener.rules());
        return List.copyOf(text.rules);
    }

    private void reads(ListenerConfig listener) {
        ReadsConfig reads = listener.reads();
        rules.add("balance: " + word(listener.balance()));
        if (listener.balance() != ListenerConfig.Balance.SOURCE) {
            rules.add("slow-start: " + UnitText.of(listener.slowStart()));
        }
        lag(reads.maxLag());
        tags("required-tags", reads.requiredTags());
        tags("refused-tags", reads.refusedTags());
        if (listener.route().leavesThePrimaryOut()) {
            rules.add("fallback: " + word(reads.fallback()));
        }
        number("fallback-max-sessions", reads.fallbackMaxSessions());
        policies(listener.policies());
    }

    private void policies(PoliciesConfig policies) {
        if (policies.onPromotion() != PoliciesConfig.DEFAULTS.onPromotion()) {
            rules.add("on-promotion: " + word(policies.onPromotion()));
        }
        if (policies.onLag() != PoliciesConfig.DEFAULTS.onLag()) {
            rules.add("on-lag: " + word(policies.onLag()));
        }
        policies.drainFor().ifPresent(limit -> rules.add("drain-for: " + UnitText.of(limit)));
        policies.fallbackReturn().ifPresent(rate -> rules.add("fallback-return: " + rate + "/s"));
    }

    private void rules(RulesConfig from) {
        networks("allow-from", from.allowFrom());
        networks("proxy-protocol-from", from.proxyProtocolFrom());
        number("max-sessions", from.maxSessions());
        number("max-sessions-per-node", from.maxSessionsPerNode());
        number("max-sessions-per-source", from.maxSessionsPerSource());
        from.connectsPerSource()
                .ifPresent(rate -> rules.add(
                        "connects-per-source: {rate: " + rate.perSecond() + "/s, burst: " + rate.burst() + "}"));
    }

    private void lag(MaxLag lag) {
        List<String> limits = new ArrayList<>();
        lag.bytes().ifPresent(bytes -> limits.add("bytes: " + UnitText.ofBytes(bytes)));
        lag.time().ifPresent(time -> limits.add("time: " + UnitText.of(time)));
        if (!limits.isEmpty()) {
            rules.add("max-lag: {" + String.join(", ", limits) + "}");
        }
    }

    private void tags(String key, Map<String, String> tags) {
        if (!tags.isEmpty()) {
            StringBuilder text = new StringBuilder();
            new TreeMap<>(tags).forEach((tag, value) -> text.append(text.isEmpty() ? "" : ", ")
                    .append(tag)
                    .append(": ")
                    .append(value));
            rules.add(key + ": {" + text + "}");
        }
    }

    private void networks(String key, List<Network> networks) {
        if (!networks.isEmpty()) {
            rules.add(key + ": " + networks);
        }
    }

    private void number(String key, OptionalInt value) {
        value.ifPresent(number -> rules.add(key + ": " + number));
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
