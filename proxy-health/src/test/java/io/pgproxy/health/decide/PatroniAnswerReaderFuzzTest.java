package io.pgproxy.health.decide;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever body comes, it is an answer or garbage, and every text that is kept of it can be printed. */
public class PatroniAnswerReaderFuzzTest {
    private static final Pattern UNPRINTABLE = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Cs}\\u2028\\u2029]");

    static List<Path> keptInputs() throws IOException {
        try (Stream<Path> inputs = Files.list(Path.of("src/test/fuzz/patroni-answer-reader"))) {
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
        ProbeOutcome leader = PatroniAnswerReader.read(200, input);
        ProbeOutcome other = PatroniAnswerReader.read(503, input);
        assertSafe(leader);
        assertSafe(other);
        assertThat(other.kind()).isEqualTo(leader.kind());
        assertThat(leader.answer().isPresent()).isEqualTo(leader.kind() == ProbeOutcome.Kind.ANSWERED);
        assertThat(PatroniAnswerReader.read(200, input)).isEqualTo(leader);
        assertThat(PatroniAnswerReader.read(404, input).kind()).isEqualTo(ProbeOutcome.Kind.GARBAGE);
    }

    private static void assertSafe(@Nullable Object value) {
        assertThat(value).isNotNull();
        if (value instanceof Record group) {
            Stream.of(group.getClass().getRecordComponents()).forEach(component -> assertSafe(part(group, component)));
        } else if (value instanceof Optional<?> optional) {
            optional.ifPresent(PatroniAnswerReaderFuzzTest::assertSafe);
        } else if (value instanceof Map<?, ?> map) {
            map.forEach((key, inner) -> {
                assertSafe(key);
                assertSafe(inner);
            });
        } else if (value instanceof OptionalLong number) {
            number.ifPresent(n -> assertThat(n).isPositive());
        } else if (value instanceof String text) {
            assertThat(UNPRINTABLE.matcher(text).find()).isFalse();
        }
    }

    private static @Nullable Object part(Record group, RecordComponent component) {
        try {
            component.getAccessor().setAccessible(true);
            return component.getAccessor().invoke(group);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(e.getMessage(), e);
        }
    }
}
