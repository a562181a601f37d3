package io.pgproxy.health;

import io.pgproxy.config.AdminConfig;
import io.pgproxy.config.BindAddress;
import io.pgproxy.config.EtcdConfig;
import io.pgproxy.config.EtcdEndpoint;
import io.pgproxy.config.HealthConfig;
import io.pgproxy.config.ListenerConfig;
import io.pgproxy.config.ListenerConfig.Route;
import io.pgproxy.config.LogConfig;
import io.pgproxy.config.NodeConfig;
import io.pgproxy.config.PatroniConfig;
import io.pgproxy.config.PatroniStoreConfig;
import io.pgproxy.config.PgproxyConfig;
import io.pgproxy.config.ReadsConfig;
import io.pgproxy.config.ReadsConfig.Fallback;
import io.pgproxy.config.SessionsConfig;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** Configurations for tests: the two default listeners, and whatever nodes and timings a test is about. */
final class Settings {
    /** Quicker than the defaults, and patient with a machine that has other things to do. */
    static final HealthConfig BRISK = new HealthConfig(
            Duration.ofMillis(100), Duration.ofMillis(10), Duration.ofSeconds(10), 1, 3, Duration.ofSeconds(3));

    /** So slow that within a test nobody is asked twice without a reason. */
    static final HealthConfig RELUCTANT = new HealthConfig(
            Duration.ofHours(1), Duration.ofMillis(10), Duration.ofSeconds(10), 1, 3, Duration.ofHours(10));

    private Settings() {}

    static PgproxyConfig config(HealthConfig health, NodeConfig... nodes) {
        return config(health, PatroniConfig.DEFAULTS, nodes);
    }

    static PgproxyConfig config(HealthConfig health, PatroniConfig patroni, NodeConfig... nodes) {
        return new PgproxyConfig(
                List.of(nodes),
                List.of(
                        listener("primary", Route.PRIMARY, Fallback.NONE),
                        listener("replicas", Route.REPLICA, Fallback.PRIMARY)),
                health,
                Duration.ofSeconds(60),
                PgproxyConfig.DEFAULT_FAILOVERS,
                unusedSessions(),
                patroni,
                EtcdConfig.DEFAULTS,
                Optional.empty(),
                new AdminConfig(new BindAddress("127.0.0.1", 7000), AdminConfig.DEFAULTS.socket()),
                LogConfig.DEFAULTS);
    }

    /** The same, without a stopwatch. */
    static PgproxyConfig withoutFailovers(PgproxyConfig config) {
        return new PgproxyConfig(
                config.nodes(),
                config.listeners(),
                config.health(),
                config.hold(),
                0,
                config.sessions(),
                config.patroni(),
                config.etcd(),
                config.vip(),
                config.admin(),
                config.log());
    }

    /** The same, with Patroni's keys in that etcd. */
    static PgproxyConfig withEtcd(PgproxyConfig config, EtcdEndpoint... members) {
        return new PgproxyConfig(
                config.nodes(),
                config.listeners(),
                config.health(),
                config.hold(),
                config.failovers(),
                config.sessions(),
                config.patroni(),
                new EtcdConfig(
                        List.of(members),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty()),
                config.vip(),
                config.admin(),
                config.log());
    }

    /** The cluster main, with or without a watch of its keys. */
    static PatroniConfig patroni(boolean watch) {
        return new PatroniConfig(Optional.of("main"), Optional.empty(), Optional.empty(), Optional.empty(), true)
                .withStore(new PatroniStoreConfig(watch, Duration.ofSeconds(5), "/service/", OptionalInt.empty()));
    }

    static NodeConfig node(String name, String host, int patroniPort) {
        return new NodeConfig(name, host, 5432, patroniPort, NodeConfig.Scheme.HTTP, 100);
    }

    private static ListenerConfig listener(String name, Route route, Fallback fallback) {
        return ListenerConfig.withDefaults(name, new BindAddress("*", 5432), route)
                .withReads(ReadsConfig.NONE.withFallback(fallback));
    }

    private static SessionsConfig unusedSessions() {
        Duration any = Duration.ofSeconds(1);
        return new SessionsConfig(
                any,
                any,
                any,
                any,
                any,
                Optional.empty(),
                Optional.empty(),
                OptionalInt.empty(),
                1,
                1,
                1,
                true,
                OptionalInt.empty(),
                true,
                OptionalInt.empty(),
                SessionsConfig.Transport.AUTO,
                true);
    }
}
