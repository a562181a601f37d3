package io.pgproxy.config.yaml;

import io.pgproxy.config.EtcdConfig;
import io.pgproxy.config.NodeConfig;
import io.pgproxy.config.NodeConfig.Scheme;
import io.pgproxy.config.PatroniConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The list {@code nodes}. Confined to one load. */
final class NodeKeys {
    private static final int MAX_NODES = 64;
    private static final int POSTGRESQL_PORT = 5432;
    private static final int PATRONI_PORT = 8008;
    private static final WholeNumber WEIGHT = new WholeNumber(1, 1_000);

    private final FirstUses names = new FirstUses();
    private final FirstUses backends = new FirstUses();
    private final FirstUses patronis = new FirstUses();

    /** The nodes that could be read, none where none are written; {@code nodes} is unsound in the root if any could not. */
    static List<NodeConfig> read(Section root, Scheme defaultScheme) {
        NodeKeys keys = new NodeKeys();
        List<NodeConfig> nodes = new ArrayList<>();
        for (Section section : root.sections("nodes", MAX_NODES)) {
            keys.node(section, defaultScheme).ifPresentOrElse(nodes::add, () -> root.markUnsound("nodes"));
        }
        return nodes;
    }

    /** Without nodes in the file they are Patroni's members in etcd: where that is has to be told. */
    static void requireNodes(Section root, Section patroni, PatroniConfig config, Section etcd, EtcdConfig members) {
        if (root.has("nodes") || !patroni.isSound("scope", "watch") || !etcd.isSound("endpoints")) {
            return;
        }
        List<String> missing = new ArrayList<>();
        if (members.endpoints().isEmpty()) {
            missing.add("etcd.endpoints");
        }
        if (config.scope().isEmpty()) {
            missing.add("patroni.scope");
        }
        if (!config.store().watch()) {
            missing.add("patroni.watch: true");
        }
        if (!missing.isEmpty()) {
            root.refuse(
                    "is required: at least one node with its name and host; or, for the members that Patroni has in"
                            + " etcd, " + String.join(" and ", missing),
                    "nodes");
        }
    }

    private Optional<NodeConfig> node(Section section, Scheme defaultScheme) {
        Optional<String> name = section.require("name", new Name());
        Optional<String> host = section.require("host", new Host());
        int port = section.read("port", WholeNumber.PORT, POSTGRESQL_PORT);
        int patroniPort = section.read("patroni-port", WholeNumber.PORT, PATRONI_PORT);
        Scheme scheme = section.read("patroni-scheme", Choice.kebab(Scheme.values()), defaultScheme);
        int weight = section.read("weight", WEIGHT, NodeConfig.DEFAULT_WEIGHT);
        section.refuseUnknownKeys();
        name.ifPresent(n -> names.claim(n, n, section, "name"));
        host.filter(h -> section.isSound("port"))
                .ifPresent(h -> backends.claim(
                        Host.canonical(h) + " " + port,
                        "PostgreSQL at " + h + " port " + port,
                        section,
                        "host",
                        "port"));
        // One Patroni runs one PostgreSQL. Two nodes that ask the same one would both believe its answers.
        host.filter(h -> section.isSound("host", "port", "patroni-port"))
                .ifPresent(h -> patronis.claim(
                        Host.canonical(h) + " " + patroniPort,
                        "Patroni at " + h + " port " + patroniPort,
                        section,
                        "patroni-port",
                        "host"));
        return section.isSound() && name.isPresent() && host.isPresent()
                ? Optional.of(new NodeConfig(name.get(), host.get(), port, patroniPort, scheme, weight))
                : Optional.empty();
    }
}
