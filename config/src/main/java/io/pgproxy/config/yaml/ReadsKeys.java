package io.pgproxy.config.yaml;

import io.pgproxy.config.ListenerConfig.Route;
import io.pgproxy.config.MaxLag;
import io.pgproxy.config.ReadsConfig;
import io.pgproxy.config.ReadsConfig.Fallback;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** The keys of a listener that say which nodes may serve its reads, and who does when none can. */
final class ReadsKeys {
    static final String FOR_READS_ONLY = "is for the routes replica, sync, async and any only";

    private static final int MAX_TAGS = 64;
    private static final TagText TAG_TEXT = new TagText();
    private static final Syntax<OptionalInt> FALLBACK_MAX_SESSIONS = new WholeNumber(1, 1_000_000).unless("none");

    private ReadsKeys() {}

    /** @param route empty where it could not be read: then no key is held against it */
    static ReadsConfig read(Section section, Optional<Route> route) {
        MaxLag maxLag = MaxLagKeys.read(section, "max-lag");
        Map<String, String> required = section.entries("required-tags", TAG_TEXT, TAG_TEXT, MAX_TAGS);
        Map<String, String> refused = section.entries("refused-tags", TAG_TEXT, TAG_TEXT, MAX_TAGS);
        // Reads that die with the last replica are what users complain of, so whoever says nothing gets the primary.
        Fallback unsaid = route.filter(Route::leavesThePrimaryOut).isPresent() ? Fallback.PRIMARY : Fallback.NONE;
        Fallback fallback = section.read("fallback", Choice.kebab(Fallback.values()), unsaid);
        OptionalInt fallbackMax = section.read("fallback-max-sessions", FALLBACK_MAX_SESSIONS, OptionalInt.empty());
        ReadsConfig reads = new ReadsConfig(maxLag, required, refused, fallback, fallbackMax);
        route.ifPresent(known -> refuseWhatIsOfNoUse(section, known, reads));
        refuseTagsThatNobodyPasses(section, reads);
        return reads;
    }

    /** Refused rather than ignored: whoever writes such a key believes that it does something. */
    private static void refuseWhatIsOfNoUse(Section section, Route route, ReadsConfig reads) {
        if (!route.servesReads()) {
            refuseEach(List.of("max-lag", "required-tags", "refused-tags"), FOR_READS_ONLY, section);
        }
        if (!route.leavesThePrimaryOut()) {
            refuseEach(List.of("fallback", "fallback-max-sessions"), forReplicasOnly(route), section);
        } else if (reads.fallback() == Fallback.NONE
                && reads.fallbackMaxSessions().isPresent()
                && section.isSound("fallback")) {
            section.refuse("needs fallback: primary", "fallback-max-sessions");
        }
    }

    /** Why a key is not for that route, on which the primary serves anyway. */
    static String forReplicasOnly(Route route) {
        String servesItself = route == Route.ANY ? "; with any the primary is one of the nodes anyway" : "";
        return "is for the routes replica, sync and async only" + servesItself;
    }

    /** Refuses those of the keys that are written. */
    static void refuseEach(List<String> keys, String message, Section section) {
        keys.stream().filter(section::has).forEach(key -> section.refuse(message, key));
    }

    private static void refuseTagsThatNobodyPasses(Section section, ReadsConfig reads) {
        reads.refusedTags().forEach((name, value) -> {
            if (value.equals(reads.requiredTags().get(name))) {
                section.refuse(
                        "refuses " + Quoted.plain(name) + ": " + Quoted.plain(value)
                                + ", which required-tags asks for; no node passes both",
                        "refused-tags");
            }
        });
    }
}
