package io.pgproxy.config.yaml;

import io.pgproxy.config.DiscoveryConfig;
import io.pgproxy.config.NodeConfig;
import io.pgproxy.config.NodeConfig.Scheme;
import io.pgproxy.config.PatroniConfig;
import io.pgproxy.config.PatroniStoreConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** The group {@code patroni}. */
final class PatroniKeys {
    private static final DurationSyntax ANNOUNCE_HOLD = new DurationSyntax(Duration.ZERO, Duration.ofMinutes(1));

    /** Citus' coordinator is group 0. */
    private static final Syntax<OptionalInt> GROUP = new WholeNumber(0, 100_000).unless("none");

    private PatroniKeys() {}

    /** How nodes are asked that don't say it themselves. */
    static Scheme scheme(Section section) {
        return section.read("scheme", Choice.kebab(Scheme.values()), Scheme.HTTP);
    }

    /**
     * The group but for its scheme.
     *
     * @param folder what relative paths start from
     * @param scheme the one key of the group that was read before
     * @param nodes all nodes; none where they could not be read, or are found in etcd
     */
    static PatroniConfig read(Section section, Path folder, Scheme scheme, List<NodeConfig> nodes) {
        ReadableFile file = new ReadableFile(folder);
        Optional<String> scope = section.find("scope", new Name());
        PatroniStoreConfig store = store(section, scheme);
        Optional<Path> ca = section.find("ca-file", file);
        Optional<Path> certificate = section.find("certificate-file", file);
        Optional<Path> key = section.find("key-file", file);
        boolean verifyHost = section.read("verify-host", Choice.BOOLEAN, PatroniConfig.DEFAULTS.verifyHost());
        section.refuseUnknownKeys();
        requirePair(section, "certificate-file", "key-file");
        requirePair(section, "key-file", "certificate-file");
        if (section.isSound("scheme") && !nodes.isEmpty() && nodes.stream().allMatch(PatroniKeys::isPlain)) {
            refuseIdleFiles(section);
        }
        return new PatroniConfig(scope, store, ca, certificate, key, verifyHost);
    }

    private static PatroniStoreConfig store(Section section, Scheme scheme) {
        PatroniStoreConfig defaults = PatroniStoreConfig.DEFAULTS;
        return new PatroniStoreConfig(
                section.read("watch", Choice.BOOLEAN, defaults.watch()),
                section.read("announce-hold", ANNOUNCE_HOLD, defaults.announceHold()),
                section.read("namespace", new NamespacePath(), defaults.namespace()),
                section.read("group", GROUP, defaults.group()),
                new DiscoveryConfig(
                        scheme,
                        section.read(
                                "state-file",
                                new StateFilePath(),
                                defaults.discovery().stateFile())));
    }

    private static void requirePair(Section section, String given, String missing) {
        if (section.has(given) && !section.has(missing)) {
            section.refuse("needs " + missing + " too", given);
        }
    }

    /** Refused rather than ignored: whoever names a CA believes that certificates are checked. */
    private static void refuseIdleFiles(Section section) {
        for (String key : List.of("ca-file", "certificate-file", "key-file")) {
            if (section.has(key)) {
                section.refuse("is never used: no node is asked over https, see scheme", key);
            }
        }
    }

    private static boolean isPlain(NodeConfig node) {
        return node.patroniScheme() == Scheme.HTTP;
    }
}
