package io.pgproxy.config.yaml;

import io.pgproxy.config.yaml.YamlTree.Broken;
import io.pgproxy.config.yaml.YamlTree.Entry;
import io.pgproxy.config.yaml.YamlTree.Mapping;
import io.pgproxy.config.yaml.YamlTree.Scalar;
import io.pgproxy.config.yaml.YamlTree.Sequence;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.events.AliasEvent;
import org.yaml.snakeyaml.events.CollectionEndEvent;
import org.yaml.snakeyaml.events.CollectionStartEvent;
import org.yaml.snakeyaml.events.Event;
import org.yaml.snakeyaml.events.MappingStartEvent;
import org.yaml.snakeyaml.events.ScalarEvent;

/**
 * Builds the tree of the one document in a text, from the parser's events. Confined to one load.
 *
 * <p>Narrower than YAML on purpose: no tags (they name classes to construct), no aliases (a few lines of them expand to
 * gigabytes), no second document, no duplicate keys (YAML would let the last one win in silence), keys are plain text,
 * and nothing is nested deeper than {@link #MAX_DEPTH}.
 */
final class YamlComposer {
    /** The deepest that a configuration needs is 4: the file, a list, its entry, a max-lag in two parts. */
    static final int MAX_DEPTH = 8;

    private final Iterator<Event> events;
    private final Problems problems;

    private YamlComposer(Iterator<Event> events, Problems problems) {
        this.events = events;
        this.problems = problems;
    }

    /** The document's tree; empty, with a problem added, where the text is not YAML. */
    static Optional<YamlTree> compose(String text, Problems problems) {
        LoaderOptions options = new LoaderOptions();
        options.setCodePointLimit(ConfigText.MAX_BYTES);
        Iterator<Event> events = new Yaml(options).parse(new StringReader(text)).iterator();
        try {
            return Optional.of(new YamlComposer(events, problems).document());
        } catch (TooDeep e) {
            return Optional.empty();
        } catch (RuntimeException e) { // not only YAMLException: "\Uffffffff" comes out as a NumberFormatException
            SyntaxProblem.report(e, problems);
            return Optional.empty();
        }
    }

    private YamlTree document() {
        events.next(); // the stream's start
        if (events.next().is(Event.ID.StreamEnd)) {
            return new Scalar(1, "", true);
        }
        YamlTree tree = tree(events.next(), "", 1);
        events.next(); // the document's end
        Event next = events.next();
        if (!next.is(Event.ID.StreamEnd)) {
            problems.add(lineOf(next), "", "a second document begins; a configuration file holds one");
        }
        return tree;
    }

    private YamlTree tree(Event event, String path, int depth) {
        int line = lineOf(event);
        if (event instanceof AliasEvent) {
            problems.add(line, path, "YAML aliases are not supported; write the value out, or quote a text with *");
            return new Broken(line);
        }
        String tag = tagOf(event);
        if (tag == null) {
            return content(event, path, depth);
        }
        problems.add(line, path, "YAML tags are not supported; remove " + Quoted.of(tag));
        content(event, path, depth); // passed over
        return new Broken(line);
    }

    private YamlTree content(Event event, String path, int depth) {
        int line = lineOf(event);
        if (event instanceof ScalarEvent scalar) {
            return new Scalar(line, scalar.getValue(), scalar.isPlain());
        }
        if (depth > MAX_DEPTH) {
            problems.add(line, path, "nested deeper than " + MAX_DEPTH + " levels");
            throw new TooDeep();
        }
        return event instanceof MappingStartEvent ? mapping(line, path, depth) : sequence(line, path, depth);
    }

    private Sequence sequence(int line, String path, int depth) {
        List<YamlTree> items = new ArrayList<>();
        for (Event event = events.next(); !(event instanceof CollectionEndEvent); event = events.next()) {
            items.add(tree(event, path + "[" + items.size() + "]", depth + 1));
        }
        return new Sequence(line, items);
    }

    private Mapping mapping(int line, String path, int depth) {
        Map<String, Entry> entries = new LinkedHashMap<>();
        for (Event event = events.next(); !(event instanceof CollectionEndEvent); event = events.next()) {
            int keyLine = lineOf(event);
            String key = key(event, path, depth);
            String valuePath = key == null ? path : join(path, key);
            Entry entry = new Entry(keyLine, tree(events.next(), valuePath, depth + 1));
            Entry first = key == null ? null : entries.putIfAbsent(key, entry);
            if (first != null) {
                problems.add(keyLine, valuePath, "given twice, first in line " + first.line());
            }
        }
        return new Mapping(line, Collections.unmodifiableMap(entries));
    }

    private @Nullable String key(Event event, String path, int depth) {
        if (event instanceof ScalarEvent scalar
                && scalar.getTag() == null
                && !scalar.getValue().isEmpty()) {
            return scalar.getValue();
        }
        problems.add(lineOf(event), path, "a key must be a plain word");
        if (event instanceof CollectionStartEvent) {
            content(event, path, depth + 1); // passed over
        }
        return null;
    }

    /** The path of a key within its mapping. */
    static String join(String path, String key) {
        return path.isEmpty() ? Quoted.plain(key) : path + "." + Quoted.plain(key);
    }

    private static @Nullable String tagOf(Event event) {
        if (event instanceof ScalarEvent scalar) {
            return scalar.getTag();
        }
        return event instanceof CollectionStartEvent collection ? collection.getTag() : null;
    }

    private static int lineOf(Event event) {
        return event.getStartMark().getLine() + 1;
    }

    /**
     * Ends the reading at once, with the problem added. The parser's time is the square of the depth: it spent a minute
     * on 1 MiB of brackets.
     */
    private static final class TooDeep extends RuntimeException {
        TooDeep() {
            super("nested too deeply", null, false, false);
        }
    }
}
