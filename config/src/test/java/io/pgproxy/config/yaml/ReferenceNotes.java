package io.pgproxy.config.yaml;

import io.pgproxy.config.yaml.YamlTree.Mapping;
import io.pgproxy.config.yaml.YamlTree.Scalar;
import io.pgproxy.config.yaml.YamlTree.Sequence;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What the reference file says about each key: its comment and its value. Paths are without the numbers of lists. */
final class ReferenceNotes {
    private final List<String> lines;
    private final Map<String, String> comments = new HashMap<>();
    private final Map<String, Object> values = new HashMap<>();

    ReferenceNotes() {
        String text = ReferenceFile.text().replaceAll("(?m)^( *)#(?=[a-z])", "$1"); // the examples are keys as well
        lines = text.lines().toList();
        collect("", YamlComposer.compose(text, new Problems()).orElseThrow());
    }

    /** The key's comment; within a group that is not written out, the group's. */
    String comment(String path) {
        int parent = path.lastIndexOf('.');
        return Optional.ofNullable(comments.get(path))
                .orElseGet(() -> parent < 0 ? "" : comment(path.substring(0, parent)));
    }

    Optional<Object> value(String path) {
        return Optional.ofNullable(values.get(path));
    }

    private void collect(String path, YamlTree tree) {
        if (tree instanceof Mapping mapping) {
            mapping.entries().forEach((key, entry) -> {
                String below = YamlComposer.join(path, key);
                String comment = commentAt(entry.line() - 1);
                if (!comment.isEmpty()) {
                    comments.putIfAbsent(below, comment);
                }
                collect(below, entry.value());
            });
        } else if (tree instanceof Sequence sequence) {
            sequence.items().forEach(item -> collect(path, item));
        }
        if (tree instanceof Scalar
                || (tree instanceof Mapping mapping && mapping.entries().isEmpty())) {
            Optional.ofNullable(PlainYaml.of(tree)).ifPresent(value -> values.putIfAbsent(path, value));
        }
    }

    /** What stands behind the key and goes on in the next lines, or else stands above it. */
    private String commentAt(int line) {
        int behind = lines.get(line).indexOf(" # ");
        if (behind < 0) {
            int first = line;
            while (first > 0 && isComment(lines.get(first - 1))) {
                first--;
            }
            return words(lines.subList(first, line).stream());
        }
        Stream<String> further = lines.stream().skip(line + 1).takeWhile(ReferenceNotes::isComment);
        return words(Stream.concat(Stream.of(lines.get(line).substring(behind)), further));
    }

    private static boolean isComment(String line) {
        return line.strip().startsWith("#");
    }

    private static String words(Stream<String> comments) {
        return comments.map(comment -> comment.strip().substring(1).strip())
                .filter(words -> !words.isEmpty())
                .collect(Collectors.joining(" "));
    }
}
