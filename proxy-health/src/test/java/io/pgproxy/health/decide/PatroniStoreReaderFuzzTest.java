package io.pgproxy.health.decide;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pgproxy.health.decide.PatroniStoreReader.Reading;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever stands in etcd, it is read or it changes nothing, and all that is kept of it can be printed. */
public class PatroniStoreReaderFuzzTest {
    private static final Pattern UNPRINTABLE = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Cs}\\u2028\\u2029]");

    private static final PatroniStore BEFORE = new PatroniStore(
            Optional.of("before"),
            Map.of("before", new StoredMember("replica", "running", OptionalLong.of(1), MemberPlace.NOWHERE)),
            Optional.of(new StoredFailover(Optional.of("before"), Optional.empty(), OptionalLong.empty())),
            Set.of("before"));

    static List<Path> keptInputs() throws IOException {
        try (Stream<Path> inputs = Files.list(Path.of("src/test/fuzz/patroni-store-reader"))) {
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
        fuzzerTestOneInput("failover\n{\"leader\": \"a\", \"scheduled_at\": \"2026-11-23T22:00:00Z\"}".getBytes(UTF_8));
    }

    /** Run by {@code lab/fuzz} with inputs that it makes up: a key's name, a line break, its value. */
    public static void fuzzerTestOneInput(byte[] input) {
        String text = new String(input, UTF_8);
        int end = text.indexOf('\n');
        String name = end < 0 ? text : text.substring(0, end);
        StoredKey key = new StoredKey(name, Optional.of(text.substring(end + 1)));
        Reading reading = PatroniStoreReader.read(BEFORE, List.of(key));
        check(reading.unreadable().isEmpty() || reading.store().equals(BEFORE), "what was not read has changed it");
        check(PatroniStoreReader.read(BEFORE, List.of(key)).equals(reading), "read again it is something else");
        check(
                PatroniStoreReader.read(reading.store(), List.of(key)).store().equals(reading.store()),
                "twice is not once");
        checkSafe(reading.toString());
        checkSafe(reading.store().affectedSince(BEFORE).toString());
        PatroniStore all = PatroniStoreReader.readAll(BEFORE, List.of(key)).store();
        check(all.members().size() <= 1, "a member that is gone is there");
    }

    private static void checkSafe(String text) {
        check(!UNPRINTABLE.matcher(text).find(), "a text that cannot be printed");
        check(text.length() < 128 * 1024, "more is kept than is of use");
    }

    private static void check(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError(what);
        }
    }
}
