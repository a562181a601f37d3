package io.pgproxy.config.yaml;

/** The annotated {@code pgproxy.yml}: every key, what it does, its default and why. Safe from any thread. */
public final class ReferenceFile {
    private ReferenceFile() {}

    /** The whole text. It loads as it is and means the same as a file with nothing but its three nodes. */
    public static String text() {
        return JarText.read("pgproxy.yml");
    }
}
