package io.pgproxy.vip.machine;

import java.util.List;

/**
 * What to do now, and when to say {@link Event.Woken} if nothing else happens before.
 *
 * @param actions in the order in which they are to be done
 */
public record Decision(List<Action> actions, long wakeAtNanos) {}
