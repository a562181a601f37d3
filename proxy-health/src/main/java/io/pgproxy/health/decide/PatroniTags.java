package io.pgproxy.health.decide;

import com.fasterxml.jackson.databind.JsonNode;
import io.pgproxy.core.PrintableText;
import java.util.HashMap;
import java.util.Map;

/**
 * The {@code tags} of an answer: a stranger's map, cut to what an operator could mean by it. What is left out is as good
 * as absent: more tags than anybody gives a node, names and values longer than anybody writes into a configuration,
 * values that are no plain value. Pure.
 */
final class PatroniTags {
    static final int MAX_TAGS = 64;

    /** As much as {@link PrintableText} shows of a text, so that two that look alike are alike. */
    static final int MAX_CHARS = 200;

    private PatroniTags() {}

    static Map<String, String> read(JsonNode tags) {
        Map<String, String> read = new HashMap<>();
        for (Map.Entry<String, JsonNode> tag : tags.properties()) {
            if (read.size() < MAX_TAGS && fits(tag.getKey()) && fits(tag.getValue())) {
                read.put(
                        PrintableText.of(tag.getKey()),
                        PrintableText.of(tag.getValue().asText()));
            }
        }
        return read;
    }

    /** Whether a tag has that value; {@code true} and 1 are compared as text, as Patroni compares its tags. */
    static boolean has(Map<String, String> tags, String name, String value) {
        return PrintableText.of(value).equals(tags.get(PrintableText.of(name)));
    }

    private static boolean fits(JsonNode value) {
        return value.isValueNode() && !value.isNull() && fits(value.asText());
    }

    private static boolean fits(String text) {
        return text.length() <= MAX_CHARS;
    }
}
