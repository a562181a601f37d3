package io.pgproxy.health;

import io.pgproxy.config.NodeConfig;
import io.pgproxy.health.decide.ClusterHealth;
import io.pgproxy.health.decide.Identity;
import io.pgproxy.health.decide.Lag;
import io.pgproxy.health.decide.NodeHealth;
import io.pgproxy.health.decide.NodeView;
import io.pgproxy.health.decide.PatroniAnswer;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** From what is known to what people read. Immutable. */
record StatusReport(List<NodeConfig> nodes) {
    HealthStatus of(Knowledge known, long nowNanos) {
        ClusterHealth cluster = known.outlook().cluster();
        Identity identity = cluster.identity().accepted();
        return new HealthStatus(
                identity.scope(),
                identity.systemIdentifier(),
                cluster.leadership().primary(),
                cluster.leadership().conflict(),
                known.outlook().table().version(),
                known.quick(),
                nodes.stream().map(node -> node(node, known, nowNanos)).toList());
    }

    private static NodeStatus node(NodeConfig config, Knowledge known, long nowNanos) {
        ClusterHealth cluster = known.outlook().cluster();
        NodeHealth node = cluster.node(config.name());
        NodeView view = cluster.view(config.name());
        return new NodeStatus(
                config.name(),
                config.host(),
                Optional.ofNullable(known.addresses().get(config.name())).map(InetAddress::getHostAddress),
                view.state(),
                view.role(),
                Duration.ofNanos(nowNanos - view.sinceNanos()),
                view.reason(),
                lag(cluster.replication().lag(config.name())),
                node.answer().map(said -> answer(said, node, nowNanos)));
    }

    private static NodeStatus.Lag lag(Optional<Lag> lag) {
        return new NodeStatus.Lag(
                lag.map(measured -> OptionalLong.of(measured.bytes())).orElse(OptionalLong.empty()),
                lag.map(measured -> Duration.ofNanos(measured.nanos())));
    }

    private static NodeStatus.Answer answer(PatroniAnswer said, NodeHealth node, long nowNanos) {
        return new NodeStatus.Answer(
                Duration.ofNanos(nowNanos - node.answeredNanos().orElse(nowNanos)),
                said.timeline(),
                said.origin().version(),
                said.flags().paused(),
                said.flags().pendingRestart(),
                said.flags().noLoadBalance());
    }
}
