package io.pgproxy.config.yaml;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** The annotated {@code pgproxy.yml}: every key, what it does, its default and why. Safe from any thread. */
public final class ReferenceFile {
    private ReferenceFile() {}

    /** The whole text. It loads as it is and means the same as a file with nothing but its three nodes. */
    public static String text() {
        try (InputStream in = ReferenceFile.class.getResourceAsStream("pgproxy.yml")) {
            if (in == null) {
                throw new AssertionError("the jar was built without pgproxy.yml");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("reading pgproxy.yml from the jar", e);
        }
    }
}
