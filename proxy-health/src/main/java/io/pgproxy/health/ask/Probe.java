package io.pgproxy.health.ask;

import io.pgproxy.config.NodeConfig;
import io.pgproxy.health.decide.ProbeOutcome;
import java.net.InetAddress;
import java.util.concurrent.CompletionStage;

/** Asks a node what it is. */
public interface Probe {
    /**
     * Asks that node, at that address, once. Does not block. The stage completes on any thread, never exceptionally,
     * and within the configured timeout whatever the node does.
     */
    CompletionStage<ProbeOutcome> ask(NodeConfig node, InetAddress address);
}
