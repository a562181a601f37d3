package io.pgproxy.config.yaml;

import io.pgproxy.config.yaml.Syntax.Unreadable;
import io.pgproxy.config.yaml.YamlTree.Broken;
import io.pgproxy.config.yaml.YamlTree.Entry;
import io.pgproxy.config.yaml.YamlTree.Mapping;
import io.pgproxy.config.yaml.YamlTree.Scalar;
import io.pgproxy.config.yaml.YamlTree.Sequence;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * One group of keys while it is being read. Whatever is asked for is thereby a known key; {@link #refuseUnknownKeys}
 * then finds the others. A value that can't be read adds a problem and counts as not given. Confined to one load.
 *
 * <p>Every key is asked for whatever the file says, so that who listens to the questions knows all keys: the JSON Schema
 * is made in that way.
 */
class Section {
    private final String path;
    private final Mapping mapping;
    private final Problems problems;
    private final Set<String> known = new LinkedHashSet<>();
    private final Set<String> unsound = new HashSet<>();

    Section(String path, Mapping mapping, Problems problems) {
        this.path = path;
        this.mapping = mapping;
        this.problems = problems;
    }

    <T> Optional<T> find(String key, Syntax<T> syntax) {
        known.add(key);
        Entry entry = mapping.entries().get(key);
        if (entry == null) {
            return Optional.empty();
        }
        Optional<T> value = value(key, entry.value(), syntax);
        if (value.isEmpty()) {
            unsound.add(key);
        }
        return value;
    }

    <T> T read(String key, Syntax<T> syntax, T whenAbsent) {
        return find(key, syntax).orElse(whenAbsent);
    }

    <T> Optional<T> require(String key, Syntax<T> syntax) {
        requireKey(key, "is required");
        return find(key, syntax);
    }

    /** Refuses that a key is missing, with what is to be said about it. */
    void requireKey(String key, String message) {
        if (!has(key)) {
            refuse(message, key);
        }
    }

    /** One value, or a group of keys instead of it. */
    <T> T read(String key, Syntax<T> syntax, Function<Section, T> group, T whenAbsent) {
        return isMapping(key) ? group.apply(section(key)) : read(key, syntax, whenAbsent);
    }

    /** The values of a list, as far as they can be read; none where the word that stands for no list is written. */
    <T> List<T> values(String key, String noList, Syntax<T> syntax, int max) {
        Entry entry = mapping.entries().get(key);
        if (entry != null
                && entry.value() instanceof Scalar scalar
                && scalar.text().equals(noList)) {
            known.add(key);
            return List.of();
        }
        return listed(key, syntax, max, noList + " or ", noList + ", or ");
    }

    /** The values of a list, as far as they can be read. */
    <T> List<T> values(String key, Syntax<T> syntax, int max) {
        return listed(key, syntax, max, "", "");
    }

    private <T> List<T> listed(String key, Syntax<T> syntax, int max, String insteadOfIt, String insteadOfThem) {
        known.add(key);
        Entry entry = mapping.entries().get(key);
        if (entry == null) {
            return List.of();
        }
        if (!(entry.value() instanceof Sequence list)) {
            refuseKind(key, entry.value(), "takes " + insteadOfIt + "a list");
            return List.of();
        }
        int size = list.items().size();
        if (size == 0 || size > max) {
            refuse("has " + size + " entries; write " + insteadOfThem + "1 to " + max + " of them", key);
        }
        List<T> values = new ArrayList<>();
        for (int i = 0; i < Math.min(size, max); i++) {
            value(key + "[" + i + "]", list.items().get(i), syntax)
                    .ifPresentOrElse(values::add, () -> unsound.add(key));
        }
        return Collections.unmodifiableList(values);
    }

    private <T> Optional<T> value(String key, YamlTree item, Syntax<T> syntax) {
        try {
            return item instanceof Broken ? Optional.empty() : Optional.of(parse(item, syntax));
        } catch (Unreadable e) {
            problems.add(item.line(), path(key), e.getMessage());
            return Optional.empty();
        }
    }

    /** A group whose keys are the operator's own. */
    <T> Map<String, T> entries(String key, Syntax<String> keys, Syntax<T> syntax, int max) {
        Section group = section(key);
        if (group.mapping.entries().size() > max) {
            refuse("has " + group.mapping.entries().size() + " entries; up to " + max + " are possible", key);
            return Map.of();
        }
        Map<String, T> entries = new LinkedHashMap<>();
        for (String written : group.mapping.entries().keySet()) {
            try {
                String read = keys.parse(written);
                group.find(written, syntax).ifPresent(value -> entries.put(read, value));
            } catch (Unreadable e) {
                group.refuse(e.getMessage(), written);
            }
        }
        return Collections.unmodifiableMap(entries);
    }

    /** The group of keys below this one; an empty one where nothing is written. */
    Section section(String key) {
        known.add(key);
        Entry entry = mapping.entries().get(key);
        if (entry == null) {
            return unwritten(key);
        }
        if (entry.value() instanceof Mapping inner) {
            return below(key, inner);
        }
        // A group whose last key was commented out is still a group.
        if (!(entry.value() instanceof Scalar scalar && scalar.isNothing())) {
            refuseKind(key, entry.value(), "takes keys and values");
        }
        return below(key, new Mapping(entry.line(), Map.of()));
    }

    /** A group that may be left out as a whole, which is another thing than all of its defaults. */
    <T> Optional<T> group(String key, Function<Section, T> read) {
        known.add(key);
        if (!has(key)) {
            return Optional.empty();
        }
        Section group = section(key);
        return isSound(key) ? Optional.of(read.apply(group)) : Optional.empty();
    }

    /** The groups of keys in a list, as far as they can be read; the key is unsound where one can not. */
    List<Section> sections(String key, int max) {
        known.add(key);
        Entry entry = mapping.entries().get(key);
        if (entry == null) {
            return List.of();
        }
        List<YamlTree> items = entry.value() instanceof Sequence list ? list.items() : List.of();
        if (!(entry.value() instanceof Sequence)) {
            refuseKind(key, entry.value(), "takes a list");
        } else if (items.isEmpty() || items.size() > max) {
            refuse("has " + items.size() + " entries; 1 to " + max + " are possible", key);
        }
        List<Section> sections = new ArrayList<>();
        for (int i = 0; i < Math.min(items.size(), max); i++) {
            item(key + "[" + i + "]", items.get(i)).ifPresentOrElse(sections::add, () -> unsound.add(key));
        }
        return Collections.unmodifiableList(sections);
    }

    private Optional<Section> item(String key, YamlTree item) {
        if (item instanceof Mapping inner) {
            return Optional.of(below(key, inner));
        }
        if (!(item instanceof Broken)) {
            problems.add(item.line(), YamlComposer.join(path, key), "takes keys and values" + butHas(item));
        }
        return Optional.empty();
    }

    private Section below(String key, Mapping inner) {
        return new Section(YamlComposer.join(path, key), inner, problems);
    }

    /** A group that is not written although it counts, for the defaults of a list. */
    Section unwritten(String key) {
        return below(key, new Mapping(mapping.line(), Map.of()));
    }

    boolean has(String key) {
        return mapping.entries().containsKey(key);
    }

    private boolean isMapping(String key) {
        Entry entry = mapping.entries().get(key);
        return entry != null && entry.value() instanceof Mapping;
    }

    /** Whether nothing is known to be wrong with these keys, so that comparing them makes sense. */
    boolean isSound(String... keys) {
        return Collections.disjoint(unsound, Set.of(keys));
    }

    /** Whether nothing is known to be wrong with any key of this group. */
    boolean isSound() {
        return unsound.isEmpty();
    }

    void markUnsound(String key) {
        unsound.add(key);
    }

    /** Adds a problem about the {@link #culprit} of these keys. */
    void refuse(String message, String... keys) {
        String key = culprit(keys);
        unsound.add(key);
        problems.add(line(key), path(key), message);
    }

    /** The first of these keys that is written: where several don't fit together, a default is not to blame. */
    String culprit(String... keys) {
        return Arrays.stream(keys).filter(this::has).findFirst().orElse(keys[0]);
    }

    /** The line of a key's value, or of the group where the key is not written. */
    int line(String key) {
        Entry entry = mapping.entries().get(key);
        return entry == null ? mapping.line() : entry.value().line();
    }

    String path(String key) {
        return YamlComposer.join(path, key);
    }

    void refuseUnknownKeys() {
        mapping.entries().forEach((key, entry) -> {
            if (!known.contains(key)) {
                String hint = NearestKey.to(key, known)
                        .map(nearest -> "did you mean " + nearest + "?")
                        .orElseGet(() -> "known here: " + String.join(", ", known));
                unsound.add(key);
                problems.add(entry.line(), path(key), "unknown key; " + hint);
            }
        });
    }

    private void refuseKind(String key, YamlTree value, String wanted) {
        unsound.add(key);
        if (!(value instanceof Broken)) {
            problems.add(value.line(), path(key), wanted + butHas(value));
        }
    }

    private static <T> T parse(YamlTree value, Syntax<T> syntax) throws Unreadable {
        if (!(value instanceof Scalar scalar)) {
            throw new Unreadable("takes one value" + butHas(value));
        }
        if (scalar.isNothing()) {
            throw new Unreadable("has no value; write one, or leave it out");
        }
        return scalar.plain() ? syntax.parsePlain(scalar.text()) : syntax.parse(scalar.text());
    }

    private static String butHas(YamlTree value) {
        if (value instanceof Scalar scalar) {
            return scalar.isNothing() ? ", but has none" : ", but has the text " + Quoted.of(scalar.text());
        }
        return value instanceof Sequence ? ", but has a list" : ", but has keys and values";
    }
}
