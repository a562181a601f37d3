package io.pgproxy.config.yaml;

import io.pgproxy.config.AdminConfig;
import io.pgproxy.config.BindAddress;
import io.pgproxy.config.EtcdConfig;
import io.pgproxy.config.HealthConfig;
import io.pgproxy.config.ListenerConfig;
import io.pgproxy.config.LogConfig;
import io.pgproxy.config.NodeConfig;
import io.pgproxy.config.NodeConfig.Scheme;
import io.pgproxy.config.PatroniConfig;
import io.pgproxy.config.PgproxyConfig;
import io.pgproxy.config.SessionsConfig;
import io.pgproxy.config.VipConfig;
import io.pgproxy.config.yaml.YamlTree.Broken;
import io.pgproxy.config.yaml.YamlTree.Mapping;
import io.pgproxy.config.yaml.YamlTree.Scalar;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The keys of the file itself: each of its groups, and what has to fit between them. */
final class RootKeys {
    private static final DurationSyntax HOLD = new DurationSyntax(Duration.ZERO, Duration.ofHours(1));

    private static final WholeNumber FAILOVERS = new WholeNumber(0, 1_000);

    private RootKeys() {}

    /**
     * Everything in the document. Where problems were added the result is of no use.
     *
     * @param folder what relative paths start from
     */
    static Optional<PgproxyConfig> read(YamlTree tree, Path folder, Problems problems) {
        if (tree instanceof Scalar scalar && scalar.isNothing()) {
            problems.add(tree.line(), "", "the file is empty; it needs at least the list 'nodes'");
            return Optional.empty();
        }
        if (tree instanceof Broken) {
            return Optional.empty();
        }
        if (!(tree instanceof Mapping mapping)) {
            problems.add(tree.line(), "", "a configuration is keys and values, such as 'hold: 60s'");
            return Optional.empty();
        }
        return Optional.of(read(new Section("", mapping, problems), folder));
    }

    /** Everything below the root; of no use where problems were added. */
    static PgproxyConfig read(Section root, Path folder) {
        Section patroni = root.section("patroni");
        Scheme scheme = PatroniKeys.scheme(patroni);
        List<NodeConfig> nodes = NodeKeys.read(root, scheme);
        BindClaims binds = new BindClaims();
        List<ListenerConfig> listeners = ListenerKeys.read(root, binds);
        HealthConfig health = HealthKeys.read(root.section("health"));
        Duration hold = root.read("hold", HOLD, PgproxyConfig.DEFAULT_HOLD);
        int failovers = root.read("failovers", FAILOVERS, PgproxyConfig.DEFAULT_FAILOVERS);
        SessionsConfig sessions = SessionsKeys.read(root.section("sessions"));
        PatroniConfig patroniConfig =
                PatroniKeys.read(patroni, folder, scheme, root.isSound("nodes") ? nodes : List.of());
        Section etcdKeys = root.section("etcd");
        EtcdConfig etcd = EtcdKeys.read(etcdKeys, folder);
        Optional<VipConfig> vip =
                root.group("vip", section -> VipKeys.read(section, folder, patroni, patroniConfig.scope()));
        VipKeys.requireEtcd(root, etcdKeys, etcd);
        NodeKeys.requireNodes(root, patroni, patroniConfig, etcdKeys, etcd);
        AdminConfig admin = admin(root.section("admin"), binds);
        LogConfig log = log(root.section("log"));
        root.refuseUnknownKeys();
        return new PgproxyConfig(
                nodes, listeners, health, hold, failovers, sessions, patroniConfig, etcd, vip, admin, log);
    }

    private static AdminConfig admin(Section section, BindClaims binds) {
        BindAddress bind = section.read("bind", new Bind(), AdminConfig.DEFAULTS.bind());
        binds.claim(bind, section);
        Path socket = section.read("socket", new SocketPath(), AdminConfig.DEFAULTS.socket());
        section.refuseUnknownKeys();
        return new AdminConfig(bind, socket);
    }

    private static LogConfig log(Section section) {
        LogConfig log = new LogConfig(
                section.read("format", Choice.kebab(LogConfig.Format.values()), LogConfig.DEFAULTS.format()),
                section.read("level", Choice.kebab(LogConfig.Level.values()), LogConfig.DEFAULTS.level()));
        section.refuseUnknownKeys();
        return log;
    }
}
