package io.pgproxy.config.yaml;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A form in the words of JSON Schema. */
final class JsonForm {
    /** What YAML has beside texts, each with one of its values. */
    private static final Map<String, String> PLAIN_TEXTS = Map.of("number", "15", "boolean", "true");

    private JsonForm() {}

    static Map<String, Object> of(Form form) {
        if (form instanceof Form.Matching matching) {
            return ordered("type", types(matching.pattern()), "pattern", "^(?:" + matching.pattern() + ")$");
        }
        if (form instanceof Form.Free free) {
            Map<String, Object> schema = ordered("type", List.of("string", "number", "boolean"), "minLength", 1);
            schema.put("maxLength", free.maxCharacters());
            return schema;
        }
        if (form instanceof Form.Whole whole) {
            Map<String, Object> schema = ordered("type", "integer", "minimum", whole.min());
            schema.put("maximum", whole.max());
            return schema;
        }
        if (form instanceof Form.Word word) {
            return words(word.words());
        }
        return Map.of("anyOf", alternatives(form));
    }

    /** YAML takes some plain texts for something else; the loader takes those that have the form. */
    private static Object types(String pattern) {
        List<String> others = PLAIN_TEXTS.entrySet().stream()
                .filter(type -> type.getValue().matches(pattern))
                .map(Map.Entry::getKey)
                .sorted()
                .toList();
        return others.isEmpty()
                ? "string"
                : Stream.concat(Stream.of("string"), others.stream()).toList();
    }

    static Map<String, Object> words(List<String> words) {
        return words.equals(List.of("true", "false")) ? Map.of("type", "boolean") : Map.of("enum", words);
    }

    /** The form's parts, where it is one or the other. */
    static List<Map<String, Object>> alternatives(Form form) {
        return form instanceof Form.Either either
                ? Stream.of(either.first(), either.second())
                        .flatMap(part -> alternatives(part).stream())
                        .toList()
                : List.of(of(form));
    }

    private static Map<String, Object> ordered(String first, Object value, String second, Object other) {
        Map<String, Object> schema = new LinkedHashMap<>();
        schema.put(first, value);
        schema.put(second, other);
        return schema;
    }
}
