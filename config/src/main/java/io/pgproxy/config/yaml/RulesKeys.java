package io.pgproxy.config.yaml;

import io.pgproxy.config.RulesConfig;
import io.pgproxy.config.RulesConfig.ConnectRate;
import java.util.Optional;
import java.util.OptionalInt;

/** The keys of a listener that say who may use it, and how many. */
final class RulesKeys {
    /** More is a list that belongs into a firewall: it is gone through for every connection. */
    private static final int MAX_NETWORKS = 1_000;

    private static final NetworkSyntax NETWORK = new NetworkSyntax();
    private static final Syntax<OptionalInt> MAX_SESSIONS = new WholeNumber(1, 1_000_000).unless("none");
    private static final RateSyntax RATE = new RateSyntax();
    private static final WholeNumber BURST = new WholeNumber(1, 1_000_000);

    private RulesKeys() {}

    static RulesConfig read(Section section) {
        return new RulesConfig(
                section.values("allow-from", "all", NETWORK, MAX_NETWORKS),
                section.values("proxy-protocol-from", "none", NETWORK, MAX_NETWORKS),
                section.read("max-sessions", MAX_SESSIONS, OptionalInt.empty()),
                section.read("max-sessions-per-node", MAX_SESSIONS, OptionalInt.empty()),
                section.read("max-sessions-per-source", MAX_SESSIONS, OptionalInt.empty()),
                connectsPerSource(section));
    }

    private static Optional<ConnectRate> connectsPerSource(Section section) {
        Syntax<Optional<ConnectRate>> rateOnly =
                RATE.as(RulesKeys::withOneSecondsBurst).or("none");
        return section.read("connects-per-source", rateOnly, RulesKeys::rateAndBurst, Optional.empty());
    }

    private static Optional<ConnectRate> rateAndBurst(Section section) {
        Optional<Integer> rate = section.require("rate", RATE);
        Optional<Integer> burst = section.find("burst", BURST);
        section.refuseUnknownKeys();
        return rate.map(perSecond -> new ConnectRate(perSecond, burst.orElse(perSecond)));
    }

    private static ConnectRate withOneSecondsBurst(int perSecond) {
        return new ConnectRate(perSecond, perSecond);
    }
}
