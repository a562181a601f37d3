package io.pgproxy.config.yaml;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pgproxy.config.yaml.LoadResult.Loaded;
import io.pgproxy.config.yaml.LoadResult.Refused;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever bytes a file holds, the answer is a whole configuration or a list of problems that can be printed. */
public class ConfigLoaderFuzzTest {
    private static final Path FOLDER = Path.of("/etc/pgproxy");
    private static final Duration LONGEST = Duration.ofHours(24);

    static List<Path> keptInputs() throws IOException {
        try (Stream<Path> inputs = Files.list(Path.of("src/test/fuzz/config-loader"))) {
            return inputs.toList();
        }
    }

    @ParameterizedTest
    @MethodSource("keptInputs")
    void holdsForTheKeptInputs(Path input) throws IOException {
        fuzzerTestOneInput(Files.readAllBytes(input));
    }

    /** Called first by {@code lab/fuzz}: the time in which the classes are loaded is not that of the first input. */
    public static void fuzzerInitialize() {
        fuzzerTestOneInput("nodes: [{name: pg1, host: 192.0.2.1}]\nhold: 1s".getBytes(UTF_8));
        fuzzerTestOneInput("nodes: [".getBytes(UTF_8));
    }

    /** Run by {@code lab/fuzz} with inputs that it makes up. */
    public static void fuzzerTestOneInput(byte[] input) {
        LoadResult result = ConfigLoader.parse(input, FOLDER);
        if (result instanceof Loaded loaded) {
            checkWhole(loaded.config());
            check(ConfigLoader.parse(input, FOLDER).equals(result), "loaded again it is something else");
        } else {
            List<Problem> problems = ((Refused) result).problems();
            check(!problems.isEmpty(), "refused for nothing");
            problems.forEach(problem -> checkPrintable(problem, input.length + 1));
        }
    }

    private static void checkPrintable(Problem problem, int mostLines) {
        String text = problem.toString();
        check(text.codePoints().allMatch(Quoted::isVisible), "a problem that can't be printed");
        check(!problem.message().isBlank(), "a problem without a word");
        check(problem.line() >= 0 && problem.line() <= mostLines, "a problem in no line of the file");
    }

    private static void checkWhole(@Nullable Object value) {
        check(value != null, "a part is null");
        if (value instanceof Record group) {
            for (RecordComponent component : group.getClass().getRecordComponents()) {
                checkWhole(part(group, component));
            }
        } else if (value instanceof Collection<?> list) {
            list.forEach(ConfigLoaderFuzzTest::checkWhole);
        } else if (value instanceof Map<?, ?> map) {
            map.values().forEach(ConfigLoaderFuzzTest::checkWhole);
        } else if (value instanceof Optional<?> optional) {
            optional.ifPresent(ConfigLoaderFuzzTest::checkWhole);
        } else if (value instanceof Duration duration) {
            check(!duration.isNegative() && duration.compareTo(LONGEST) <= 0, "a duration beyond every range");
        }
    }

    private static @Nullable Object part(Record group, RecordComponent component) {
        try {
            return component.getAccessor().invoke(group);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(e.getMessage(), e);
        }
    }

    private static void check(boolean holds, String otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise);
        }
    }
}
