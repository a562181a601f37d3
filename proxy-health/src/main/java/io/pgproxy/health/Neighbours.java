package io.pgproxy.health;

import io.pgproxy.config.NodeConfig;
import io.pgproxy.health.ask.NodeAddress;
import io.pgproxy.health.decide.Notice;
import io.pgproxy.health.decide.Notice.Level;
import io.pgproxy.health.decide.ProbeOutcome;
import io.pgproxy.health.decide.ProbeOutcome.Kind;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * That no node is heard with another one's voice. A name may still have an address that is another node's by now: the
 * two would both claim to lead, on one timeline, and writes would go nowhere. So an address counts for one node only: for
 * the one whose name is in the answer, whoever had it before. An answer without a configured node's name counts for the
 * node that was answered there first, for as long as that node's name has the address. Confined to the control thread.
 */
final class Neighbours {
    private final Consumer<Notice> log;
    private final List<Neighbour> nodes = new ArrayList<>();

    /** Whose the address was: the same refusal comes with every second check, and is told once while it lasts. */
    private final Map<Refusal, String> told = new HashMap<>();

    private record Refusal(String node, InetAddress at) {}

    private record Neighbour(NodeConfig node, NodeAddress address) {
        String name() {
            return node.name();
        }
    }

    /** Nobody yet. */
    Neighbours(Consumer<Notice> log) {
        this.log = log;
    }

    /** There is that node as well. */
    void add(NodeConfig node, NodeAddress address) {
        nodes.add(new Neighbour(node, address));
    }

    /** That node is not asked there any more. Its port of PostgreSQL may be another one by now. */
    void remove(NodeConfig node) {
        nodes.removeIf(neighbour -> isSame(node, neighbour.name()));
        told.keySet().removeIf(refusal -> refusal.node().equals(node.name()));
    }

    /**
     * What comes of a check there without asking; empty if nobody else is known to answer there. Who got no answer there
     * the last time keeps nobody from being asked: the address may be that one's own by now.
     */
    Optional<ProbeOutcome> taken(NodeConfig node, InetAddress at) {
        return refusal(node, at, NodeAddress::answering);
    }

    /** The outcome, unless it is another node's answer. */
    ProbeOutcome judged(NodeConfig node, InetAddress at, ProbeOutcome outcome) {
        ProbeOutcome judged = judgedByName(node, at, outcome);
        told.keySet().removeIf(refusal -> refusal.node().equals(node.name()) && isOver(refusal, at, judged));
        return judged;
    }

    /** The node has answered there, or its name does not lead there any more. */
    private boolean isOver(Refusal refusal, InetAddress at, ProbeOutcome judged) {
        boolean answered = judged.answer().isPresent() && refusal.at().equals(at);
        return answered
                || nodes.stream()
                        .noneMatch(self -> self.name().equals(refusal.node())
                                && self.address().leadsTo(refusal.at()));
    }

    private ProbeOutcome judgedByName(NodeConfig node, InetAddress at, ProbeOutcome outcome) {
        if (outcome.answer().isEmpty()) {
            return outcome;
        }
        Optional<String> member =
                outcome.answer().flatMap(answer -> answer.origin().member()).filter(this::isConfigured);
        if (member.isEmpty()) {
            return refusal(node, at, NodeAddress::working).orElse(outcome);
        }
        if (isSame(node, member.get())) {
            others(node).forEach(other -> other.address().disown(at));
            return outcome;
        }
        self(node).forEach(self -> self.address().disown(at));
        return refused(node, at, member.get(), "the Patroni at " + text(at) + " is node " + member.get() + "'s");
    }

    private Stream<Neighbour> self(NodeConfig node) {
        return nodes.stream().filter(self -> isSame(node, self.name()));
    }

    /** The others that the same address could be: on another port it is another Patroni. */
    private Stream<Neighbour> others(NodeConfig node) {
        return nodes.stream()
                .filter(other -> other.node().patroniPort() == node.patroniPort() && !isSame(node, other.name()));
    }

    /** The first of the others for whom that address is the one asked for. */
    private Optional<ProbeOutcome> refusal(
            NodeConfig node, InetAddress at, Function<NodeAddress, Optional<InetAddress>> which) {
        return others(node)
                .filter(other -> which.apply(other.address()).equals(Optional.of(at)))
                .findFirst()
                .map(other ->
                        refused(node, at, other.name(), text(at) + " is where node " + other.name() + " answers"));
    }

    private ProbeOutcome refused(NodeConfig node, InetAddress at, String owner, String why) {
        if (!owner.equals(told.put(new Refusal(node.name(), at), owner))) {
            log.accept(new Notice(
                    Level.WARN,
                    "node " + node.name(),
                    "node " + node.name() + ": " + why + "; is an old address left in " + node.host() + "?"));
        }
        return ProbeOutcome.failed(Kind.GARBAGE, why);
    }

    private boolean isConfigured(String name) {
        return nodes.stream().anyMatch(other -> other.name().equals(name));
    }

    private static boolean isSame(NodeConfig node, String name) {
        return node.name().equals(name);
    }

    private static String text(InetAddress address) {
        return address.getHostAddress();
    }
}
