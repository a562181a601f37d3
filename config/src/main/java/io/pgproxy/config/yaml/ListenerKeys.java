package io.pgproxy.config.yaml;

import io.pgproxy.config.BindAddress;
import io.pgproxy.config.ListenerConfig;
import io.pgproxy.config.ListenerConfig.Balance;
import io.pgproxy.config.ListenerConfig.Fallback;
import io.pgproxy.config.ListenerConfig.Route;
import io.pgproxy.config.MaxLag;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The list {@code listeners}. Confined to one load. */
final class ListenerKeys {
    private static final int MAX_LISTENERS = 64;

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
        MaxLag maxLag = MaxLagKeys.read(section, "max-lag");
        // Reads that die with the last replica are what users complain of, so whoever says nothing gets the primary.
        Fallback unsaid = route.equals(Optional.of(Route.REPLICA)) ? Fallback.PRIMARY : Fallback.NONE;
        Fallback fallback = section.read("fallback", Choice.kebab(Fallback.values()), unsaid);
        section.refuseUnknownKeys();
        name.ifPresent(n -> names.claim(n, n, section, "name"));
        bind.ifPresent(b -> binds.claim(b, section));
        if (route.isPresent() && route.get() != Route.REPLICA) {
            refuseForReplicasOnly(section, "max-lag");
            refuseForReplicasOnly(section, "fallback");
        }
        return name.isPresent() && bind.isPresent() && route.isPresent()
                ? Optional.of(new ListenerConfig(name.get(), bind.get(), route.get(), balance, maxLag, fallback))
                : Optional.empty();
    }

    private static void refuseForReplicasOnly(Section section, String key) {
        if (section.has(key)) {
            section.refuse("is for route replica only", key);
        }
    }
}
