package io.pgproxy.health;

import io.pgproxy.config.HostAndPort;
import io.pgproxy.config.NodeConfig;
import io.pgproxy.health.decide.Membership;
import io.pgproxy.health.decide.Membership.Source;
import io.pgproxy.health.decide.Notice;
import io.pgproxy.health.decide.Notice.Level;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Whom the control loop asks: a poller for each node, and all that comes and goes with one. Confined to the control
 * thread once that runs.
 */
final class NodesInUse {
    private static final String ABOUT = "etcd's members";

    private final Function<NodeConfig, Poller> makesPoller;
    private final Consumer<NodeConfig> removed;
    private final Consumer<List<NodeConfig>> keeper;
    private final Consumer<Notice> log;
    private final List<NodeFollower> followers = new ArrayList<>();
    private final Map<String, Poller> pollers = new LinkedHashMap<>();
    private Membership membership;

    /**
     * Asks these to begin with.
     *
     * @param removed is told of a node that is not asked any more, before another one of its name may be
     * @param keeper is told the nodes each time that etcd has told something new of them
     */
    NodesInUse(
            Membership first,
            Function<NodeConfig, Poller> makesPoller,
            Consumer<NodeConfig> removed,
            Consumer<List<NodeConfig>> keeper,
            Consumer<Notice> log) {
        this.membership = first;
        this.makesPoller = makesPoller;
        this.removed = removed;
        this.keeper = keeper;
        this.log = log;
        first.nodes().forEach(node -> pollers.put(node.name(), makesPoller.apply(node)));
    }

    /** From now on the follower hears of every change, and first of those that there are. */
    void follow(NodeFollower follower) {
        membership.nodes().forEach(follower::joined);
        followers.add(follower);
    }

    Membership membership() {
        return membership;
    }

    List<Poller> pollers() {
        return List.copyOf(pollers.values());
    }

    /** Asks these from now on. */
    void use(Membership next) {
        Membership before = membership;
        membership = next;
        Map<String, NodeConfig> was = byName(before);
        Map<String, NodeConfig> is = byName(next);
        was.values().stream().filter(node -> !is.containsKey(node.name())).forEach(this::forget);
        for (NodeConfig node : next.nodes()) {
            NodeConfig old = was.get(node.name());
            if (old == null) {
                join(node, before.source() == next.source());
            } else if (!old.equals(node)) {
                move(old, node);
            }
        }
        if (before.source() != next.source()) {
            tell(Level.INFO, "the nodes are the members that Patroni has in etcd: " + names(next));
        }
        if (!next.leftOut().isEmpty() && !next.leftOut().equals(before.leftOut())) {
            tell(Level.WARN, "etcd has members that are not used: " + leftOut(next));
        }
        if (next.source() == Source.ETCD && !next.nodes().isEmpty()) {
            keeper.accept(next.nodes());
        }
    }

    /** The first round has ended, so clients are let in: says whom they will find if etcd has not told. */
    void begun() {
        switch (membership.source()) {
            case FILE -> {}
            case STATE_FILE -> // etcd may tell them in a moment; that it is away, its watch says
                tell(
                        Level.INFO,
                        "etcd has not told the members: the nodes are those that it told last, " + names(membership));
            case NOBODY ->
                tell(Level.WARN, "no node is known: etcd has not told the members, and no state file has them");
            case ETCD -> {
                if (membership.nodes().isEmpty()) {
                    tell(
                            Level.WARN,
                            "no node is known: etcd has no member where patroni.scope, namespace and group say");
                }
            }
        }
    }

    private Poller join(NodeConfig node, boolean isNews) {
        Poller poller = makesPoller.apply(node);
        pollers.put(node.name(), poller);
        followers.forEach(follower -> follower.joined(node));
        if (isNews) {
            tell(Level.INFO, "node " + node.name() + " is new in etcd, at " + place(node));
        }
        return poller;
    }

    /** Who is asked where it was goes on being asked: only its sessions find PostgreSQL on another port. */
    private void move(NodeConfig old, NodeConfig node) {
        if (!Membership.isSamePatroni(old, node)) {
            Poller before = pollers.get(old.name());
            end(old);
            Poller poller = join(node, false);
            if (before != null) {
                poller.succeeds(before);
            }
        }
        tell(
                Level.INFO,
                "node " + node.name() + " is at " + place(node) + " now by its key in etcd, it was at " + place(old));
    }

    private void forget(NodeConfig node) {
        end(node);
        tell(
                Level.WARN,
                "node " + node.name() + " at " + place(node)
                        + " is forgotten: its key is gone from etcd, and it does not answer there");
    }

    private void end(NodeConfig node) {
        Poller poller = pollers.remove(node.name());
        if (poller != null) {
            poller.retire();
        }
        removed.accept(node);
        followers.forEach(follower -> follower.left(node));
    }

    private void tell(Level level, String text) {
        log.accept(new Notice(level, ABOUT, text));
    }

    private static Map<String, NodeConfig> byName(Membership membership) {
        return membership.nodes().stream().collect(Collectors.toMap(NodeConfig::name, Function.identity()));
    }

    private static String names(Membership membership) {
        return membership.nodes().isEmpty() ? "none" : String.join(", ", membership.names());
    }

    private static String place(NodeConfig node) {
        return HostAndPort.text(node.host(), node.port()) + ", its Patroni at "
                + node.patroniScheme().name().toLowerCase(Locale.ROOT) + " port " + node.patroniPort();
    }

    private static String leftOut(Membership membership) {
        String told = membership.leftOut().entrySet().stream()
                .limit(MembersStatus.MAX_TOLD)
                .map(member -> member.getKey() + " (" + member.getValue() + ")")
                .collect(Collectors.joining("; "));
        int more = membership.leftOut().size() - MembersStatus.MAX_TOLD;
        return more > 0 ? told + "; and " + more + " more" : told;
    }
}
