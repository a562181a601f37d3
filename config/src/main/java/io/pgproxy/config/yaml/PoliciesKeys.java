package io.pgproxy.config.yaml;

import io.pgproxy.config.ListenerConfig.Route;
import io.pgproxy.config.MaxLag;
import io.pgproxy.config.PoliciesConfig;
import io.pgproxy.config.PoliciesConfig.Policy;
import io.pgproxy.config.ReadsConfig;
import io.pgproxy.config.ReadsConfig.Fallback;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** The keys of a listener that say what becomes of its sessions when their node is no longer what they came for. */
final class PoliciesKeys {
    private static final PolicySyntax ON_DEMOTION = new PolicySyntax(
            List.of(Policy.CLOSE), "what is written on a node that has lost the lead is lost to the cluster");
    private static final PolicySyntax ON_PROMOTION = new PolicySyntax(List.of(Policy.values()), "");
    private static final PolicySyntax ON_LAG =
            new PolicySyntax(List.of(Policy.DRAIN, Policy.KEEP), "a moment's lag would cut every query there");
    private static final PolicySyntax ON_UNKNOWN = new PolicySyntax(
            List.of(Policy.KEEP), "Patroni's API can hang while PostgreSQL is well, so silence ends no session");
    private static final Syntax<Optional<Duration>> DRAIN_FOR =
            new DurationSyntax(Duration.ofSeconds(1), Duration.ofHours(24)).or("none");
    private static final Syntax<OptionalInt> FALLBACK_RETURN = new RateSyntax().unless("off");

    private PoliciesKeys() {}

    /** @param route empty where it could not be read: then no key is held against it */
    static PoliciesConfig read(Section section, Optional<Route> route, ReadsConfig reads) {
        section.read("on-demotion", ON_DEMOTION, Policy.CLOSE);
        section.read("on-unknown", ON_UNKNOWN, Policy.KEEP);
        PoliciesConfig defaults = PoliciesConfig.DEFAULTS;
        PoliciesConfig policies = new PoliciesConfig(
                section.read("on-promotion", ON_PROMOTION, defaults.onPromotion()),
                section.read("on-lag", ON_LAG, defaults.onLag()),
                section.read("drain-for", DRAIN_FOR, defaults.drainFor()),
                section.read("fallback-return", FALLBACK_RETURN, defaults.fallbackReturn()));
        route.ifPresent(known -> refuseWhatIsOfNoUse(section, known, reads, policies));
        return policies;
    }

    /** As with the keys of reads: whoever writes such a key believes that it does something. */
    private static void refuseWhatIsOfNoUse(Section section, Route route, ReadsConfig reads, PoliciesConfig policies) {
        if (route == Route.ANY) {
            ReadsKeys.refuseEach(
                    List.of("on-demotion"),
                    "is not for the route any, whose sessions stay with their node when its role changes",
                    section);
        }
        if (!route.servesReads()) {
            ReadsKeys.refuseEach(List.of("on-lag", "drain-for"), ReadsKeys.FOR_READS_ONLY, section);
        }
        if (!route.leavesThePrimaryOut()) {
            ReadsKeys.refuseEach(List.of("on-promotion", "fallback-return"), ReadsKeys.forReplicasOnly(route), section);
        } else if (reads.fallback() == Fallback.NONE
                && policies.fallbackReturn().isPresent()
                && section.isSound("fallback")) {
            section.refuse("needs fallback: primary", "fallback-return");
        }
        if (section.isSound("on-promotion", "on-lag", "drain-for", "max-lag")) {
            refuseDrainsThatDoNotFit(section, reads, policies);
        }
    }

    private static void refuseDrainsThatDoNotFit(Section section, ReadsConfig reads, PoliciesConfig policies) {
        boolean onPromotion = policies.onPromotion() == Policy.DRAIN;
        boolean onLag = policies.onLag() == Policy.DRAIN && !reads.maxLag().equals(MaxLag.NONE);
        if (onPromotion && policies.drainFor().isEmpty()) {
            section.refuse("needs drain-for; without an end it would be keep", "on-promotion");
        } else if (policies.drainFor().isPresent() && !onPromotion && !onLag) {
            section.refuse("ends nobody: it needs on-promotion: drain, or on-lag: drain with a max-lag", "drain-for");
        }
    }
}
