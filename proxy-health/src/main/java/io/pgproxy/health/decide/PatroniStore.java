package io.pgproxy.health.decide;

import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * What Patroni keeps in etcd about the cluster, as far as it is of use here: reasons to look somewhere, never a verdict.
 * Immutable; every text is safe to print.
 *
 * @param leader the member that holds the leader lock
 * @param members by name
 * @param synchronous the members that a commit may wait for
 * @param current whether a change of it would have been heard of; else it is what was known last
 * @see <a href="https://github.com/patroni/patroni/blob/master/patroni/dcs/__init__.py">Patroni's keys</a>
 */
public record PatroniStore(
        Optional<String> leader,
        Map<String, StoredMember> members,
        Optional<StoredFailover> failover,
        Set<String> synchronous,
        boolean current) {
    /** A cluster of which there is nothing yet. */
    public static final PatroniStore EMPTY = new PatroniStore(Optional.empty(), Map.of(), Optional.empty(), Set.of());

    public PatroniStore {
        members = Collections.unmodifiableMap(new LinkedHashMap<>(members));
        synchronous = Set.copyOf(synchronous);
    }

    /** What etcd has now. */
    public PatroniStore(
            Optional<String> leader,
            Map<String, StoredMember> members,
            Optional<StoredFailover> failover,
            Set<String> synchronous) {
        this(leader, members, failover, synchronous, true);
    }

    /** The same, which may have changed by now. */
    public PatroniStore remembered() {
        return new PatroniStore(leader, members, failover, synchronous, false);
    }

    /** What the leader key says, and what that is worth. */
    public Optional<LeaderKey> leaderKey() {
        return leader.map(member -> new LeaderKey(member, current));
    }

    /** The members whose own word may be another one by now, since this is no more what was there before. */
    public Set<String> affectedSince(PatroniStore before) {
        Set<String> affected = new LinkedHashSet<>();
        if (!leader.equals(before.leader)) {
            leader.ifPresent(affected::add);
            before.leader.ifPresent(affected::add);
        }
        if (!failover.equals(before.failover)) {
            leader.ifPresent(affected::add);
        }
        Set<String> names = new LinkedHashSet<>(members.keySet());
        names.addAll(before.members.keySet());
        names.removeIf(name -> Objects.equals(members.get(name), before.members.get(name)));
        affected.addAll(names);
        affected.addAll(onlyIn(synchronous, before.synchronous));
        affected.addAll(onlyIn(before.synchronous, synchronous));
        return affected;
    }

    private static Set<String> onlyIn(Set<String> one, Set<String> other) {
        Set<String> rest = new HashSet<>(one);
        rest.removeAll(other);
        return rest;
    }

    PatroniStore withLeader(Optional<String> next) {
        return new PatroniStore(next, members, failover, synchronous, current);
    }

    PatroniStore withMember(String name, StoredMember member) {
        Map<String, StoredMember> next = new LinkedHashMap<>(members);
        next.put(name, member);
        return new PatroniStore(leader, next, failover, synchronous, current);
    }

    PatroniStore withoutMember(String name) {
        Map<String, StoredMember> next = new LinkedHashMap<>(members);
        next.remove(name);
        return new PatroniStore(leader, next, failover, synchronous, current);
    }

    PatroniStore withFailover(Optional<StoredFailover> next) {
        return new PatroniStore(leader, members, next, synchronous, current);
    }

    PatroniStore withSynchronous(Set<String> next) {
        return new PatroniStore(leader, members, failover, next, current);
    }
}
