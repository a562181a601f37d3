package io.pgproxy.vip.machine;

/** To whom a free key is left for a while, by a standby that could claim it too (rules 14 and 15). */
final class Precedence {
    private final Preferences preferences;
    private final PrimarySight sight;
    private final Conditions conditions;

    Precedence(Preferences preferences, PrimarySight sight, Conditions conditions) {
        this.preferences = preferences;
        this.sight = sight;
        this.conditions = conditions;
    }

    /** Who comes first, and why; empty if nobody does. */
    String objection(long nowNanos) {
        return sight.elsewhere(nowNanos)
                .map(other -> "no primary is in sight, and " + other + " sees one")
                .or(() -> conditions
                        .askedLately(this::mayAsk, nowNanos)
                        .map(other -> other + " has asked for it, whose priority is higher"))
                .orElse("");
    }

    /** The address does not go where its clients could do less. */
    boolean mayAsk(Condition other) {
        return other.ready() && other.priority() > preferences.priority() && (other.seesPrimary() || !sight.isSeen());
    }
}
