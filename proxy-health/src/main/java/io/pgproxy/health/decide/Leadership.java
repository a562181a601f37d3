package io.pgproxy.health.decide;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Who leads, when each node's word is held against the others'. Immutable.
 *
 * <p>The leader key decides if it names a node that says yes; else the higher timeline, since a promotion always
 * starts a new one; else nobody gets the writes. A key that names nobody who says yes removes nobody: it may be
 * missing (failsafe_mode, pause), or ahead of a promotion. While etcd is not heard of it is only remembered, and decides
 * between equals: who said yes on a higher timeline was promoted since, and may be silent or stopping by now. Only a
 * claim that is stale is none to hold against it.
 *
 * <p>A claim on a lower timeline than another claim is overruled even while the newer one is silent or waits: to go
 * back to a primary that has been replaced loses what was written since. Only the newer node's own word, the leader
 * key or a restart makes the older one eligible again. Two claims on the same timeline cannot come from a promotion;
 * while both can be trusted, writes go nowhere, and once one is stale the other has them.
 *
 * @param leader the one node that may get sessions as {@code role}
 * @param overruled the nodes whose claim is void, and why
 * @param conflict why nobody leads although some node says that it does
 */
public record Leadership(
        NodeRole role, Optional<String> leader, Map<String, String> overruled, Optional<String> conflict) {
    static final Leadership NOBODY = new Leadership(NodeRole.PRIMARY, Optional.empty(), Map.of(), Optional.empty());

    public Leadership {
        overruled = Map.copyOf(overruled);
    }

    /** Whether that node leads as a primary. */
    public boolean isPrimary(String node) {
        return role == NodeRole.PRIMARY && leads(node);
    }

    /** Whether that node leads, as a primary or a standby cluster's leader. */
    public boolean leads(String node) {
        return leader.isPresent() && leader.get().equals(node);
    }

    /** The primary, if there is one. */
    public Optional<String> primary() {
        return role == NodeRole.PRIMARY ? leader : Optional.empty();
    }

    static Leadership among(List<NodeHealth> nodes, Optional<LeaderKey> leaderKey) {
        List<Claim> primaries = claims(nodes, NodeRole.PRIMARY);
        return primaries.isEmpty() || (isMemoryOnly(primaries) && standbyLeads(nodes))
                ? ofStandbyCluster(claims(nodes, NodeRole.STANDBY_LEADER), leaderKey)
                : ofPrimaries(primaries, leaderKey);
    }

    /** Nobody stands behind them any more: what the cluster was, not what it is. */
    private static boolean isMemoryOnly(List<Claim> primaries) {
        return primaries.stream().allMatch(claim -> claim.state() == NodeState.STALE);
    }

    private static boolean standbyLeads(List<NodeHealth> nodes) {
        return nodes.stream().anyMatch(node -> node.role() == NodeRole.STANDBY_LEADER && node.state() == NodeState.UP);
    }

    private static List<Claim> claims(List<NodeHealth> nodes, NodeRole role) {
        return nodes.stream().filter(node -> node.role() == role).map(Claim::of).toList();
    }

    private static Leadership ofPrimaries(List<Claim> claims, Optional<LeaderKey> leaderKey) {
        for (Claim claim : claims) {
            if (claim.state() == NodeState.UP && claim.isNamed(leaderKey) && isWorthMore(leaderKey, claim, claims)) {
                return new Leadership(
                        NodeRole.PRIMARY, Optional.of(claim.node()), overruledByKey(claims, claim), Optional.empty());
            }
        }
        Map<String, String> overruled = overruledByTimeline(claims);
        List<Claim> left = claims.stream()
                .filter(claim -> claim.state().trusted() && !overruled.containsKey(claim.node()))
                .toList();
        return settle(NodeRole.PRIMARY, left, overruled);
    }

    private static boolean isWorthMore(Optional<LeaderKey> leaderKey, Claim named, List<Claim> claims) {
        return leaderKey.filter(LeaderKey::current).isPresent()
                || claims.stream().noneMatch(other -> other.state() != NodeState.STALE && named.isOlderThan(other));
    }

    /** All of them are read-only, and share the timeline: whoever answers goes before whoever is silent. */
    private static Leadership ofStandbyCluster(List<Claim> claims, Optional<LeaderKey> leaderKey) {
        List<Claim> answering =
                claims.stream().filter(claim -> claim.state() == NodeState.UP).toList();
        List<Claim> named =
                answering.stream().filter(claim -> claim.isNamed(leaderKey)).toList();
        List<Claim> trusted =
                claims.stream().filter(claim -> claim.state().trusted()).toList();
        List<Claim> left = !named.isEmpty() ? named : !answering.isEmpty() ? answering : trusted;
        return settle(NodeRole.STANDBY_LEADER, left, Map.of());
    }

    private static Leadership settle(NodeRole role, List<Claim> left, Map<String, String> overruled) {
        return switch (left.size()) {
            case 0 -> new Leadership(role, Optional.empty(), overruled, Optional.empty());
            case 1 -> new Leadership(role, Optional.of(left.get(0).node()), overruled, Optional.empty());
            default -> new Leadership(role, Optional.empty(), overruled, Optional.of(conflict(role, left)));
        };
    }

    private static Map<String, String> overruledByKey(List<Claim> claims, Claim leader) {
        Map<String, String> overruled = new HashMap<>();
        for (Claim claim : claims) {
            if (!claim.equals(leader)) {
                overruled.put(claim.node(), "the leader key names " + leader.node());
            }
        }
        return overruled;
    }

    private static Map<String, String> overruledByTimeline(List<Claim> claims) {
        Map<String, String> overruled = new HashMap<>();
        for (Claim claim : claims) {
            newerThan(claim, claims).ifPresent(newer -> overruled.put(claim.node(), newer.overrules(claim)));
        }
        return overruled;
    }

    private static Optional<Claim> newerThan(Claim claim, List<Claim> claims) {
        List<Claim> newer = new ArrayList<>(claims);
        newer.removeIf(other -> !claim.isOlderThan(other));
        return newer.stream()
                .max((one, other) ->
                        Long.compare(one.timeline().orElse(0), other.timeline().orElse(0)));
    }

    private static String conflict(NodeRole role, List<Claim> claims) {
        return claims.stream().map(Claim::text).collect(Collectors.joining(" and ")) + " each say " + role.text()
                + ", and nothing tells which is the newer";
    }
}
