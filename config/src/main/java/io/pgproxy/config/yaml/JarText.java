package io.pgproxy.config.yaml;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** Texts that travel in the jar beside this class. */
final class JarText {
    private JarText() {}

    static String read(String name) {
        try (InputStream in = JarText.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new AssertionError("the jar was built without " + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("reading " + name + " from the jar", e);
        }
    }
}
