package io.pgproxy.config.yaml;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproxy.config.yaml.LoadResult.Loaded;
import io.pgproxy.config.yaml.LoadResult.Refused;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
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

    /** Run by {@code lab/fuzz} with inputs that it makes up. */
    public static void fuzzerTestOneInput(byte[] input) {
        LoadResult result = ConfigLoader.parse(input, FOLDER);
        if (result instanceof Loaded loaded) {
            assertWhole(loaded.config());
            assertThat(ConfigLoader.parse(input, FOLDER)).isEqualTo(result);
        } else {
            assertThat(((Refused) result).problems()).isNotEmpty();
            ((Refused) result).problems().forEach(problem -> assertPrintable(problem, input.length + 1));
        }
    }

    private static void assertPrintable(Problem problem, int mostLines) {
        assertThat(problem.toString().codePoints().allMatch(Quoted::isVisible)).isTrue();
        assertThat(problem.message()).isNotBlank();
        assertThat(problem.line()).isBetween(0, mostLines);
    }

    private static void assertWhole(@Nullable Object value) {
        assertThat(value).isNotNull();
        if (value instanceof Record group) {
            Stream.of(group.getClass().getRecordComponents()).forEach(component -> assertWhole(part(group, component)));
        } else if (value instanceof Collection<?> list) {
            list.forEach(ConfigLoaderFuzzTest::assertWhole);
        } else if (value instanceof Map<?, ?> map) {
            map.values().forEach(ConfigLoaderFuzzTest::assertWhole);
        } else if (value instanceof Optional<?> optional) {
            optional.ifPresent(ConfigLoaderFuzzTest::assertWhole);
        }
    }

    private static @Nullable Object part(Record group, RecordComponent component) {
        try {
            return component.getAccessor().invoke(group);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(e.getMessage(), e);
        }
    }
}
