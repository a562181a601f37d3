package io.pgproxy.health.decide;

import static java.nio.charset.StandardCharsets.UTF_8;

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

    /** 200 characters, all of them escaped, and the dots. */
    private static final int MOST_CHARS = 200 * 8 + 3;

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

    /** Called first by {@code lab/fuzz}: the time in which the classes are loaded is not that of the first input. */
    public static void fuzzerInitialize() {
        fuzzerTestOneInput("{\"role\": \"replica\", \"timeline\": 1, \"tags\": {\"a\": \"b\"}}".getBytes(UTF_8));
    }

    /** Run by {@code lab/fuzz} with inputs that it makes up. */
    public static void fuzzerTestOneInput(byte[] input) {
        ProbeOutcome leader = PatroniAnswerReader.read(200, input);
        ProbeOutcome other = PatroniAnswerReader.read(503, input);
        checkSafe(leader);
        checkSafe(other);
        check(other.kind() == leader.kind(), "the kind of the answer depends on its status");
        check(leader.answer().isPresent() == (leader.kind() == ProbeOutcome.Kind.ANSWERED), "an answer of no kind");
        check(PatroniAnswerReader.read(200, input).equals(leader), "read again it is something else");
        check(PatroniAnswerReader.read(404, input).kind() == ProbeOutcome.Kind.GARBAGE, "404 is an answer");
    }

    private static void checkSafe(@Nullable Object value) {
        check(value != null, "a part is null");
        if (value instanceof Record group) {
            for (RecordComponent component : group.getClass().getRecordComponents()) {
                checkSafe(part(group, component));
            }
        } else if (value instanceof Optional<?> optional) {
            optional.ifPresent(PatroniAnswerReaderFuzzTest::checkSafe);
        } else if (value instanceof Map<?, ?> map) {
            map.forEach((key, inner) -> {
                checkSafe(key);
                checkSafe(inner);
            });
        } else if (value instanceof OptionalLong number) {
            check(number.orElse(1) > 0, "a number below 1");
        } else if (value instanceof String text) {
            check(!UNPRINTABLE.matcher(text).find(), "a text that can't be printed");
            check(text.length() <= MOST_CHARS, "a text too long to print");
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

    private static void check(boolean holds, String otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise);
        }
    }
}
