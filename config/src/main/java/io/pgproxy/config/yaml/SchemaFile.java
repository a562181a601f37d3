package io.pgproxy.config.yaml;

/**
 * The JSON Schema of {@code pgproxy.yml}, by which editors complete and check it. Safe from any thread.
 *
 * <p>It is made from the loader by a test, {@code SchemaFileTest}, and knows the form of every value, not what has to fit
 * between them: {@code check-config} has the last word.
 */
public final class SchemaFile {
    private SchemaFile() {}

    /** The whole text. */
    public static String text() {
        return JarText.read("pgproxy.schema.json");
    }
}
