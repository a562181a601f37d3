package io.pgproxy.config.yaml;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Listens to the loader asking an empty file for every key, and writes down the JSON Schema (draft 7, the newest that the
 * YAML language server knows) of what would have answered.
 */
final class SchemaSection extends Section {
    private final String path;
    private final ReferenceNotes notes;
    private final Map<String, Map<String, Object>> keys = new LinkedHashMap<>();
    private final List<String> required = new ArrayList<>();

    private SchemaSection(String path, ReferenceNotes notes) {
        super(path, new YamlTree.Mapping(0, Map.of()), new Problems());
        this.path = path;
        this.notes = notes;
    }

    /** The schema of the whole file. */
    static Map<String, Object> ofTheLoader() {
        SchemaSection root = new SchemaSection("", new ReferenceNotes());
        RootKeys.read(root, Path.of("/"));
        Map<String, Object> schema = new LinkedHashMap<>();
        schema.put("$schema", "http://json-schema.org/draft-07/schema#");
        schema.put("title", "pgproxy.yml");
        schema.put("type", "object");
        root.describe(schema);
        return schema;
    }

    @Override
    <T> Optional<T> find(String key, Syntax<T> syntax) {
        put(key, JsonForm.of(syntax.form()));
        return Optional.empty();
    }

    @Override
    <T> T read(String key, Syntax<T> syntax, T whenAbsent) {
        find(key, syntax);
        putDefault(key);
        return whenAbsent;
    }

    @Override
    <T> T read(String key, Syntax<T> syntax, Function<Section, T> group, T whenAbsent) {
        SchemaSection inner = below(key);
        T told = group.apply(inner);
        List<Object> forms = new ArrayList<>(JsonForm.alternatives(syntax.form()));
        forms.add(inner.group("object"));
        put(key, Map.of("anyOf", forms));
        putDefault(key);
        return told;
    }

    @Override
    <T> List<T> values(String key, String noList, Syntax<T> syntax, int max) {
        put(key, Map.of("anyOf", List.of(JsonForm.words(List.of(noList)), list(JsonForm.of(syntax.form()), max))));
        putDefault(key);
        return List.of();
    }

    @Override
    <T> List<T> values(String key, Syntax<T> syntax, int max) {
        put(key, list(JsonForm.of(syntax.form()), max));
        return List.of();
    }

    @Override
    <T> Map<String, T> entries(String key, Syntax<String> names, Syntax<T> syntax, int max) {
        Map<String, Object> schema = new LinkedHashMap<>();
        schema.put("type", List.of("object", "null"));
        schema.put("propertyNames", JsonForm.of(names.form()));
        schema.put("additionalProperties", JsonForm.of(syntax.form()));
        schema.put("maxProperties", max);
        put(key, schema);
        putDefault(key);
        return Map.of();
    }

    @Override
    Section section(String key) {
        SchemaSection inner = below(key);
        // A group whose last key was commented out is nothing to YAML, and still a group to the loader.
        put(key, inner.group(List.of("object", "null")));
        return inner;
    }

    @Override
    <T> Optional<T> group(String key, Function<Section, T> read) {
        SchemaSection inner = below(key);
        T told = read.apply(inner);
        put(key, inner.group("object"));
        return Optional.of(told);
    }

    @Override
    List<Section> sections(String key, int max) {
        SchemaSection inner = below(key);
        put(key, list(inner.group("object"), max));
        return List.of(inner);
    }

    @Override
    void requireKey(String key, String message) {
        required.add(key);
    }

    private SchemaSection below(String key) {
        return new SchemaSection(YamlComposer.join(path, key), notes);
    }

    private static Map<String, Object> list(Map<String, Object> items, int max) {
        Map<String, Object> schema = new LinkedHashMap<>();
        schema.put("type", "array");
        schema.put("minItems", 1);
        schema.put("maxItems", max);
        schema.put("items", items);
        return schema;
    }

    /** This group's schema, which goes on growing while its keys are asked for. */
    private Map<String, Object> group(Object type) {
        Map<String, Object> schema = new LinkedHashMap<>();
        schema.put("type", type);
        describe(schema);
        return schema;
    }

    private void describe(Map<String, Object> schema) {
        schema.put("required", required);
        schema.put("additionalProperties", false);
        schema.put("properties", keys);
    }

    private void put(String key, Map<String, Object> schema) {
        Map<String, Object> described = new LinkedHashMap<>();
        described.put("description", notes.comment(YamlComposer.join(path, key)));
        described.putAll(schema);
        keys.put(key, described);
    }

    private void putDefault(String key) {
        notes.value(YamlComposer.join(path, key))
                .ifPresent(value -> keys.getOrDefault(key, Map.of()).put("default", value));
    }
}
