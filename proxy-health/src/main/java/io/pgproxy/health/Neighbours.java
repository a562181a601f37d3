package io.pgproxy.health;

import io.pgproxy.config.NodeConfig;
import io.pgproxy.health.ask.NodeAddress;
import io.pgproxy.health.decide.Notice;
import io.pgproxy.health.decide.Notice.Level;
import io.pgproxy.health.decide.ProbeOutcome;
import io.pgproxy.health.decide.ProbeOutcome.Kind;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * That no node is heard with another one's voice. A name may still have an address that is another node's by now: the
 * two would both claim to lead, on one timeline, and writes would go nowhere. So the address at which one node answers is
 * nobody else's for as long as that node's name has it, and an answer that gives another configured node's name counts
 * for nothing. Confined to the control thread.
 */
final class Neighbours {
    private final Consumer<Notice> log;
    private final Map<NodeConfig, NodeAddress> nodes = new LinkedHashMap<>();
    private final Map<String, String> told = new HashMap<>();

    /** Nobody yet. */
    Neighbours(Consumer<Notice> log) {
        this.log = log;
    }

    /** There is that node as well. */
    void add(NodeConfig node, NodeAddress address) {
        nodes.put(node, address);
    }

    /** What comes of a check there without asking; empty if nobody else is known to answer there. */
    Optional<ProbeOutcome> taken(NodeConfig node, InetAddress at) {
        for (Map.Entry<NodeConfig, NodeAddress> other : nodes.entrySet()) {
            boolean samePort = other.getKey().patroniPort() == node.patroniPort();
            if (samePort
                    && !isSame(node, other.getKey().name())
                    && other.getValue().working().equals(Optional.of(at))) {
                return Optional.of(refused(
                        node, text(at) + " is where node " + other.getKey().name() + " answers"));
            }
        }
        return Optional.empty();
    }

    /** The outcome, unless it is another node's answer. */
    ProbeOutcome judged(NodeConfig node, InetAddress at, ProbeOutcome outcome) {
        Optional<String> member =
                outcome.answer().flatMap(answer -> answer.origin().member());
        if (outcome.answer().isEmpty()) {
            return outcome;
        }
        if (member.isPresent() && !isSame(node, member.get()) && isConfigured(member.get())) {
            return refused(node, "the Patroni at " + text(at) + " is node " + member.get() + "'s");
        }
        return taken(node, at).orElse(outcome);
    }

    /** A line when it is another one than before: the same one comes with every second check. */
    private ProbeOutcome refused(NodeConfig node, String why) {
        if (!why.equals(told.put(node.name(), why))) {
            log.accept(new Notice(
                    Level.WARN,
                    "node " + node.name(),
                    "node " + node.name() + ": " + why + "; is an old address left in " + node.host() + "?"));
        }
        return ProbeOutcome.failed(Kind.GARBAGE, why);
    }

    private boolean isConfigured(String name) {
        return nodes.keySet().stream().anyMatch(other -> isSame(other, name));
    }

    private static boolean isSame(NodeConfig node, String name) {
        return node.name().equals(name);
    }

    private static String text(InetAddress address) {
        return address.getHostAddress();
    }
}
