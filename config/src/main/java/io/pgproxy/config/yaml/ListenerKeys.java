package io.pgproxy.config.yaml;

import io.pgproxy.config.BindAddress;
import io.pgproxy.config.ListenerConfig;
import io.pgproxy.config.ListenerConfig.Balance;
import io.pgproxy.config.ListenerConfig.Route;
import io.pgproxy.config.PoliciesConfig;
import io.pgproxy.config.ReadsConfig;
import io.pgproxy.config.RulesConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The list {@code listeners}. Confined to one load. */
final class ListenerKeys {
    private static final int MAX_LISTENERS = 64;
    private static final DurationSyntax SLOW_START = new DurationSyntax(Duration.ZERO, Duration.ofMinutes(10));

    private final BindClaims binds;
    private final FirstUses names = new FirstUses();

    private ListenerKeys(BindClaims binds) {
        this.binds = binds;
    }

    /** The listeners that could be read, or the default ones where the file has none. */
    static List<ListenerConfig> read(Section root, BindClaims binds) {
        ListenerKeys keys = new ListenerKeys(binds);
        List<ListenerConfig> listeners = new ArrayList<>();
        for (Section section : root.sections("listeners", MAX_LISTENERS)) {
            keys.listener(section).ifPresent(listeners::add);
        }
        return root.has("listeners") ? listeners : keys.defaults(root);
    }

    private List<ListenerConfig> defaults(Section root) {
        for (int i = 0; i < ListenerConfig.DEFAULTS.size(); i++) {
            binds.claim(ListenerConfig.DEFAULTS.get(i).bind(), root.unwritten("listeners[" + i + "]"));
        }
        return ListenerConfig.DEFAULTS;
    }

    private Optional<ListenerConfig> listener(Section section) {
        Optional<String> name = section.require("name", new Name());
        Optional<BindAddress> bind = section.require("bind", new Bind());
        Optional<Route> route = section.require("route", Choice.kebab(Route.values()));
        Balance balance = section.read("balance", Choice.kebab(Balance.values()), Balance.LEAST_CONNECTIONS);
        Duration slowStart = section.read("slow-start", SLOW_START, ListenerConfig.DEFAULT_SLOW_START);
        refuseWhatIsOfNoUse(section, route, balance);
        ReadsConfig reads = ReadsKeys.read(section, route);
        PoliciesConfig policies = PoliciesKeys.read(section, route, reads);
        RulesConfig rules = RulesKeys.read(section);
        section.refuseUnknownKeys();
        name.ifPresent(n -> names.claim(n, n, section, "name"));
        bind.ifPresent(b -> binds.claim(b, section));
        return name.isPresent() && bind.isPresent() && route.isPresent()
                ? Optional.of(new ListenerConfig(
                        name.get(), bind.get(), route.get(), balance, slowStart, reads, rules, policies))
                : Optional.empty();
    }

    /** As with the keys of reads: whoever writes such a key believes that it does something. */
    private static void refuseWhatIsOfNoUse(Section section, Optional<Route> route, Balance balance) {
        if (route.isPresent() && !route.get().servesReads()) {
            ReadsKeys.refuseEach(List.of("balance", "slow-start"), ReadsKeys.FOR_READS_ONLY, section);
        } else if (balance == Balance.SOURCE) {
            ReadsKeys.refuseEach(
                    List.of("slow-start"), "is not for balance: source, where sources stay with their node", section);
        }
    }
}
