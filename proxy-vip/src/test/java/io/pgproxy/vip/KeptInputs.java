package io.pgproxy.vip;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** What a fuzzer has found, or somebody thought of, and is tried at each build. */
public final class KeptInputs {
    private KeptInputs() {}

    /** Those in that folder. */
    public static List<Path> of(String folder) throws IOException {
        try (Stream<Path> inputs = Files.list(Path.of("src/test/fuzz", folder))) {
            return inputs.toList();
        }
    }
}
