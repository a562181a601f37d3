package io.pgproxy.core;

import java.util.Collections;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The new sessions of one listener on one loop, on their way to backends: so many in a step, and those who wait before
 * those who come. It limits whoever has waited, and for a while everybody whose route has led to nobody or to another
 * node before: the clients of a node that is gone come back in waves. Told the steps; confined to the loop.
 */
final class Ramp {
    /** It gets steeper by its first step's height in so many steps: newcomers cannot fill it for ever. */
    private static final int STEPS_TO_DOUBLE = 50;
    /** Ten seconds: clients that reconnect after a back-off of a few seconds are among the waves. */
    static final int STEPS_OF_A_FRESH_ROUTE = 1_000;

    private final WaitingQueue queue = new WaitingQueue();
    private final double perStep;
    private Set<String> nodes = Set.of();
    private double room;
    private int steps;
    private int freshSteps;

    /** @param perStep how many in the first step, may be a fraction; infinite where there is no ramp */
    Ramp(double perStep) {
        this.perStep = perStep;
        rest();
    }

    WaitingQueue queue() {
        return queue;
    }

    /** A new table is there: everybody has reason to look again, and many may come if it leads to somebody new. */
    void onTable(ListenerRoute route) {
        queue.onTable();
        Set<String> next = firstOnes(route);
        if (!next.isEmpty() && Collections.disjoint(next, nodes) && Double.isFinite(perStep)) {
            rest();
            freshSteps = STEPS_OF_A_FRESH_ROUTE;
        }
        nodes = next;
    }

    /** Those of the tier that is tried first. */
    private static Set<String> firstOnes(ListenerRoute route) {
        return route.candidates().stream()
                .filter(candidate ->
                        candidate.tier() == route.candidates().get(0).tier())
                .map(Candidate::node)
                .collect(Collectors.toUnmodifiableSet());
    }

    /** Whether a newcomer may go at once, which then counts. */
    boolean takesNewcomer() {
        if (queue.isWaitedIn()) {
            return false;
        }
        if (freshSteps > 0) {
            if (room < 1) {
                return false;
            }
            room--;
        }
        return true;
    }

    /** One more step: there is room again. What was not used is lost, but for a fraction. */
    void step() {
        steps++;
        freshSteps = Math.max(0, freshSteps - 1);
        int steepness = 1 + steps / STEPS_TO_DOUBLE;
        room = Math.min(room, 1) + steepness * perStep;
    }

    /**
     * Lets those who wait look again, as far as there is room.
     *
     * @param somebody whether there is anybody to go to
     * @return whether further steps are wanted
     */
    boolean letGo(boolean somebody) {
        if (somebody) {
            room -= queue.release((int) room);
        }
        boolean more = freshSteps > 0 || (somebody && queue.hasMore());
        if (!more) {
            rest();
        }
        return more;
    }

    /** The first one never waits for a step. */
    private void rest() {
        steps = 0;
        room = Math.max(1, perStep);
    }
}
