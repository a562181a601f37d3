package io.pgproxy.core;

import io.pgproxy.config.RulesConfig;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;

/** Who may use one listener, and how many may at once. Safe from any thread. */
final class ListenerRules {
    private final RulesConfig config;
    private final Networks allowed;
    private final Networks headersFrom;
    private final Optional<SourceRates> rates;
    private final Places sessions;
    private final Map<Source, Integer> sessionsBySource = new ConcurrentHashMap<>();

    /** @param forgotten counts the sources whose rates could not be remembered */
    ListenerRules(RulesConfig config, Overflow forgotten) {
        this.config = config;
        this.allowed = new Networks(config.allowFrom());
        this.headersFrom = new Networks(config.proxyProtocolFrom());
        this.rates = config.connectsPerSource().map(rate -> new SourceRates(rate, forgotten));
        this.sessions = new Places(config.maxSessions().orElse(Places.UNLIMITED));
    }

    /** Whether connections from there begin with a PROXY header, which is then believed. */
    boolean wantsHeaderFrom(Client peer) {
        return headersFrom.contains(peer.ip());
    }

    /** Judges a client as soon as it is known who he is; counts him as a connect of his source. */
    Optional<Refused> atTheDoor(Client client, long nowNanos) {
        if (!allowed.isEmpty() && !allowed.contains(client.ip())) {
            return refused(
                    CloseReason.SOURCE_REFUSED,
                    "connections from " + client.ip().getHostAddress() + " are not allowed here");
        }
        if (rates.isPresent() && !rates.get().mayConnect(client.source(), nowNanos)) {
            return refused(
                    CloseReason.SOURCE_RATE_LIMIT,
                    client.source() + " connects more often than "
                            + rates.get().rate().perSecond() + " times a second");
        }
        return Optional.empty();
    }

    /** Counts a session if the listener and its source have room for one; paired with {@link #leave} if empty. */
    Optional<Refused> enter(Source source) {
        if (!sessions.take()) {
            return refused(
                    CloseReason.LISTENER_SESSION_LIMIT, "this listener has " + sessions.max() + " sessions already");
        }
        int mine = sessionsBySource.merge(source, 1, Integer::sum);
        if (config.maxSessionsPerSource().isPresent()
                && mine > config.maxSessionsPerSource().getAsInt()) {
            leave(source);
            return refused(CloseReason.SOURCE_SESSION_LIMIT, source + " has " + (mine - 1) + " sessions here already");
        }
        return Optional.empty();
    }

    void leave(Source source) {
        sessionsBySource.computeIfPresent(source, (same, count) -> count == 1 ? null : count - 1);
        sessions.giveBack();
    }

    /** From the first whole packet on, whoever waits included. */
    int sessions() {
        return sessions.used();
    }

    /** How many the source has that has the most. */
    int sessionsOfTheFullestSource() {
        return sessionsBySource.values().stream()
                .mapToInt(Integer::intValue)
                .max()
                .orElse(0);
    }

    /** How many sources have a rate that is remembered; empty if there is no limit on it. */
    OptionalInt sourcesWithRates() {
        return rates.map(known -> OptionalInt.of(known.remembered())).orElse(OptionalInt.empty());
    }

    /** How many sources something is remembered of. */
    int sources() {
        return sessionsBySource.size() + rates.map(SourceRates::remembered).orElse(0);
    }

    RulesConfig config() {
        return config;
    }

    private static Optional<Refused> refused(CloseReason reason, String text) {
        return Optional.of(new Refused(reason, text));
    }
}
