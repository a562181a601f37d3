package io.pgproxy.health.decide;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pgproxy.config.NodeConfig;
import io.pgproxy.config.NodeConfig.Scheme;
import io.pgproxy.config.yaml.MemberRules;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Nodes to the text of the state file and back. Somebody may have edited the file, or it is another cluster's: what is
 * read is checked like what a member writes, and is taken as a whole or not at all. Stateless.
 */
public final class NodesText {
    /** 64 nodes with the longest names and hosts are half of this. */
    public static final int MAX_CHARS = 64 * 1024;

    private static final JsonMapper WRITER = JsonMapper.builder().build();
    private static final ObjectReader READER = StrangersJson.reader(MAX_CHARS);

    private NodesText() {}

    /** What cannot be used, and why; safe to print. */
    public static final class Unusable extends Exception {
        Unusable(String why) {
            super(why, null, false, false); // it goes a few lines up and becomes a sentence; nobody wants its stack
        }
    }

    /**
     * One object on several lines.
     *
     * @param cluster what all keys of the cluster begin with
     */
    public static String of(String cluster, List<NodeConfig> nodes) {
        ObjectNode root = WRITER.createObjectNode().put("cluster", cluster);
        ArrayNode list = root.putArray("nodes");
        for (NodeConfig node : nodes) {
            list.addObject()
                    .put("name", node.name())
                    .put("host", node.host())
                    .put("port", node.port())
                    .put("patroni_port", node.patroniPort())
                    .put("patroni_scheme", node.patroniScheme().name().toLowerCase(Locale.ROOT));
        }
        return root.toPrettyString() + "\n";
    }

    /**
     * The nodes of that cluster.
     *
     * @param least how nodes are asked at the least
     */
    public static List<NodeConfig> read(String text, String cluster, Scheme least) throws Unusable {
        JsonNode root = json(text).filter(JsonNode::isObject).orElseThrow(() -> new Unusable("it is no JSON object"));
        if (!root.path("cluster").asText("").equals(cluster)) {
            throw new Unusable("it is of another cluster than " + cluster);
        }
        List<NodeConfig> nodes = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (JsonNode item : root.path("nodes")) {
            NodeConfig node = node(item);
            if (!names.add(node.name())) {
                throw new Unusable("it names " + node.name() + " twice");
            }
            if (least == Scheme.HTTP || node.patroniScheme() == Scheme.HTTPS) {
                nodes.add(node);
            }
        }
        if (names.size() > DiscoveredNodes.MAX_NODES) {
            throw new Unusable("it has more than " + DiscoveredNodes.MAX_NODES + " nodes");
        }
        return nodes;
    }

    private static NodeConfig node(JsonNode item) throws Unusable {
        String name = item.path("name").asText("");
        String host = item.path("host").asText("");
        String port = item.path("port").asText("");
        String patroniPort = item.path("patroni_port").asText("");
        Optional<String> objection = MemberRules.objectionToName(name)
                .or(() -> MemberRules.objectionToHost(host))
                .or(() -> MemberRules.objectionToPort(port))
                .or(() -> MemberRules.objectionToPort(patroniPort));
        if (objection.isPresent()) {
            throw new Unusable("it has a node that is none: " + objection.get());
        }
        return new NodeConfig(
                name,
                host,
                Integer.parseInt(port),
                Integer.parseInt(patroniPort),
                scheme(item.path("patroni_scheme").asText("")),
                NodeConfig.DEFAULT_WEIGHT);
    }

    private static Scheme scheme(String word) throws Unusable {
        return switch (word) {
            case "http" -> Scheme.HTTP;
            case "https" -> Scheme.HTTPS;
            default -> throw new Unusable("it has a node that is asked neither over http nor https");
        };
    }

    private static Optional<JsonNode> json(String text) {
        try {
            return Optional.ofNullable(READER.readTree(text));
        } catch (JsonProcessingException e) {
            return Optional.empty();
        }
    }
}
