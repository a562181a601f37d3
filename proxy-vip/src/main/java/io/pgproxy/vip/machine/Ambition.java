package io.pgproxy.vip.machine;

import io.pgproxy.vip.machine.Action.Level;
import java.util.Optional;

/**
 * Asking a holder of lower priority for the address (rule 15). It is said with every hello for as long as it is meant,
 * so that no word of it can be lost; and it ends when the key moves, whatever has come of it.
 */
final class Ambition {
    private final Preferences preferences;
    private final Course course;
    private final Willingness willingness;
    private final Looking looking;
    private final PrimarySight sight;
    private final Conditions conditions;
    private long notedKeySinceNanos = Authority.NEVER;

    Ambition(
            Preferences preferences,
            Course course,
            Willingness willingness,
            Looking looking,
            PrimarySight sight,
            Conditions conditions) {
        this.preferences = preferences;
        this.course = course;
        this.willingness = willingness;
        this.looking = looking;
        this.sight = sight;
        this.conditions = conditions;
    }

    /** How this instance is. */
    Condition condition(Turn turn) {
        return new Condition(willingness.isReady(turn.now), sight.isSeen(), asks(turn), preferences.priority());
    }

    private boolean asks(Turn turn) {
        if (preferences.preemptNanos().isEmpty() || !course.is(State.STANDBY) || !willingness.isReady(turn.now)) {
            return false;
        }
        Optional<Member> holder = looking.holder().map(Instance::member);
        Optional<Condition> its = holder.flatMap(member -> conditions.of(member, turn.now));
        if (its.isEmpty() || !isToBeAsked(its.get(), turn.now)) {
            return false;
        }
        if (notedKeySinceNanos != looking.keySinceNanos()) {
            notedKeySinceNanos = looking.keySinceNanos();
            turn.note(
                    Level.INFO,
                    "asking " + holder.get() + " for the address: its priority is "
                            + its.get().priority() + ", ours " + preferences.priority());
        }
        return true;
    }

    /** Each break begins the length anew: one of our fitness, and each time that the address or the key moves. */
    private boolean isToBeAsked(Condition holder, long nowNanos) {
        long sinceNanos =
                Math.max(Math.max(course.sinceNanos(), willingness.eligibleSinceNanos()), looking.keySinceNanos());
        if (holder.seesPrimary()) {
            sinceNanos = Math.max(sinceNanos, sight.isSeen() ? sight.sinceNanos() : nowNanos);
        }
        return holder.priority() < preferences.priority()
                && nowNanos >= sinceNanos + preferences.preemptNanos().orElseThrow();
    }
}
