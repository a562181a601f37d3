package io.pgproxy.health.decide;

/**
 * What etcd's leader key says. Immutable.
 *
 * @param member whom it names
 * @param current whether it would be known if it said something else by now; one that is only remembered may be ten
 *     seconds old, and a node that has been promoted since has more to say
 */
public record LeaderKey(String member, boolean current) {}
