package io.pgproxy.config.yaml;

import java.util.List;
import java.util.Map;

/** A YAML document in which nothing has been interpreted and everything knows its line. Immutable. */
sealed interface YamlTree {
    /** Where it begins, from 1. */
    int line();

    /**
     * One value, as text.
     *
     * @param plain written without quotes
     */
    record Scalar(int line, String text, boolean plain) implements YamlTree {
        /** YAML's ways to write nothing; in quotes they are text. */
        boolean isNothing() {
            return plain && (text.isEmpty() || text.equals("~") || text.equals("null"));
        }
    }

    /** A list. */
    record Sequence(int line, List<YamlTree> items) implements YamlTree {
        public Sequence {
            items = List.copyOf(items);
        }
    }

    /** Keys and values; unlike the others not copied, since the order of the keys is that of the file. */
    record Mapping(int line, Map<String, Entry> entries) implements YamlTree {}

    /** Something that was refused already; whoever meets it adds no second problem. */
    record Broken(int line) implements YamlTree {}

    /** One key's value, and the line of the key. */
    record Entry(int line, YamlTree value) {}
}
