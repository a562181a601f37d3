package io.pgproxy.health.decide;

import com.fasterxml.jackson.databind.JsonNode;
import io.pgproxy.core.PrintableText;
import java.util.HashMap;
import java.util.Map;

/**
 * The {@code tags} of an answer: a stranger's map, cut to what an operator could mean by it. What is left out is as good
 * as absent: more tags than anybody gives a node, names and values longer than anybody writes into a configuration,
 * values that are no plain value. Immutable.
 *
 * @param values by name
 * @param cut there were more than are kept, so that the absence of one means nothing
 */
public record PatroniTags(Map<String, String> values, boolean cut) {
    static final int MAX_TAGS = 64;

    /** As much as {@link PrintableText} shows of a text, so that two that look alike are alike. */
    static final int MAX_CHARS = 200;

    public PatroniTags {
        values = Map.copyOf(values);
    }

    static PatroniTags read(JsonNode tags) {
        Map<String, String> read = new HashMap<>();
        for (Map.Entry<String, JsonNode> tag : tags.properties()) {
            if (read.size() < MAX_TAGS && fits(tag.getKey()) && fits(tag.getValue())) {
                read.put(
                        PrintableText.of(tag.getKey()),
                        PrintableText.of(tag.getValue().asText()));
            }
        }
        return new PatroniTags(read, tags.properties().size() > MAX_TAGS);
    }

    /** Whether a tag has that value; {@code true} and 1 are compared as text, as Patroni compares its tags. */
    boolean has(String name, String value) {
        return PrintableText.of(value).equals(values.get(PrintableText.of(name)));
    }

    private static boolean fits(JsonNode value) {
        return value.isValueNode() && !value.isNull() && fits(value.asText());
    }

    private static boolean fits(String text) {
        return text.length() <= MAX_CHARS;
    }
}
