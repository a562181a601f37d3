package io.pgproxy.config.yaml;

import io.pgproxy.config.yaml.YamlTree.Broken;
import io.pgproxy.config.yaml.YamlTree.Mapping;
import io.pgproxy.config.yaml.YamlTree.Scalar;
import io.pgproxy.config.yaml.YamlTree.Sequence;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A document as editors see it, which is YAML 1.2 with its core schema (section 10.3): {@code 5} is a number, {@code 5s}
 * and {@code no} are texts.
 */
final class PlainYaml {
    private PlainYaml() {}

    static @Nullable Object parse(String yaml) {
        return of(YamlComposer.compose(yaml, new Problems()).orElseThrow());
    }

    static @Nullable Object of(YamlTree tree) {
        if (tree instanceof Mapping mapping) {
            Map<String, @Nullable Object> values = new LinkedHashMap<>();
            mapping.entries().forEach((key, entry) -> values.put(key, of(entry.value())));
            return values;
        }
        if (tree instanceof Sequence sequence) {
            return sequence.items().stream().map(PlainYaml::of).toList();
        }
        if (tree instanceof Broken) {
            throw new AssertionError("not plain YAML in line " + tree.line());
        }
        return scalar((Scalar) tree);
    }

    private static @Nullable Object scalar(Scalar scalar) {
        String text = scalar.text();
        if (scalar.isNothing()) {
            return null;
        }
        if (!scalar.plain()) {
            return text;
        }
        if (text.matches("[-+]?[0-9]{1,18}")) {
            return Long.valueOf(text);
        }
        if (text.matches("[-+]?(\\.[0-9]+|[0-9]+(\\.[0-9]*)?)([eE][-+]?[0-9]+)?")) {
            return Double.valueOf(text);
        }
        return text.equals("true") || text.equals("false") ? Boolean.valueOf(text) : text;
    }
}
