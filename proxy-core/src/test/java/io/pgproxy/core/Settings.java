package io.pgproxy.core;

import io.pgproxy.config.AdminConfig;
import io.pgproxy.config.BindAddress;
import io.pgproxy.config.EtcdConfig;
import io.pgproxy.config.HealthConfig;
import io.pgproxy.config.ListenerConfig;
import io.pgproxy.config.ListenerConfig.Balance;
import io.pgproxy.config.ListenerConfig.Route;
import io.pgproxy.config.LogConfig;
import io.pgproxy.config.NodeConfig;
import io.pgproxy.config.PatroniConfig;
import io.pgproxy.config.PgproxyConfig;
import io.pgproxy.config.PoliciesConfig;
import io.pgproxy.config.RulesConfig;
import io.pgproxy.config.SessionsConfig;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** The configuration of a proxy in a test: generous where the test says nothing, so that only what it says can bite. */
final class Settings {
    static final String LISTENER = "primary";
    static final String PG1 = "pg1";
    static final String PG2 = "pg2";

    SessionsConfig.Transport transport = SessionsConfig.Transport.NIO;
    Duration startupTimeout = Duration.ofSeconds(10);
    Duration connectTimeout = Duration.ofSeconds(2);
    Duration answerTimeout = Duration.ofSeconds(5);
    Duration halfCloseTimeout = Duration.ofSeconds(60);
    Duration drainTimeout = Duration.ofSeconds(10);
    Duration hold = Duration.ofSeconds(60);
    int maxSessions = 100;
    int maxStartups = 100;
    int maxParked = 100;
    int maxCancels = 100;
    boolean cancelRouting = true;
    OptionalInt releaseRate = OptionalInt.empty();
    boolean farewell;
    int descriptors = 1_000;
    int relayThreads = 2;
    boolean earlyTlsAnswer = true;
    MovableAddresses movable = MovableAddresses.none();
    List<ListenerConfig> listeners = List.of(listener(LISTENER, "127.0.0.1", 5432));

    static ListenerConfig listener(String name, String host, int port) {
        return ListenerConfig.withDefaults(name, new BindAddress(host, port), Route.PRIMARY);
    }

    /** The one listener, with those rules. */
    Settings rules(RulesConfig rules) {
        listeners = List.of(listeners.get(0).withRules(rules));
        return this;
    }

    /** The one listener, with those policies. */
    Settings policies(PoliciesConfig policies) {
        listeners = List.of(listeners.get(0).withPolicies(policies));
        return this;
    }

    /** The one listener, with that balance. */
    Settings balance(Balance balance) {
        listeners = List.of(listeners.get(0).withBalance(balance));
        return this;
    }

    PgproxyConfig config() {
        return new PgproxyConfig(
                List.of(node(PG1), node(PG2)),
                listeners,
                unusedHealth(),
                hold,
                PgproxyConfig.DEFAULT_FAILOVERS,
                sessions(),
                unusedPatroni(),
                EtcdConfig.DEFAULTS,
                Optional.empty(),
                admin(),
                LogConfig.DEFAULTS);
    }

    SessionsConfig sessions() {
        return new SessionsConfig(
                startupTimeout,
                connectTimeout,
                answerTimeout,
                halfCloseTimeout,
                drainTimeout,
                Optional.empty(),
                Optional.empty(),
                OptionalInt.of(maxSessions),
                maxStartups,
                maxParked,
                maxCancels,
                cancelRouting,
                releaseRate,
                farewell,
                OptionalInt.of(relayThreads),
                transport,
                earlyTlsAnswer);
    }

    private static NodeConfig node(String name) {
        return new NodeConfig(name, "127.0.0.1", 5432, 8008, NodeConfig.Scheme.HTTP, 100);
    }

    private static HealthConfig unusedHealth() {
        Duration any = Duration.ofSeconds(1);
        return new HealthConfig(any, any, any, 1, 1, any);
    }

    private static PatroniConfig unusedPatroni() {
        return new PatroniConfig(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), true);
    }

    private static AdminConfig admin() {
        return new AdminConfig(new BindAddress("127.0.0.1", 7000), AdminConfig.DEFAULTS.socket());
    }
}
