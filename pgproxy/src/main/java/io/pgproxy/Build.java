package io.pgproxy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** What runs, and where. Stateless; reads what never changes while the program runs. */
final class Build {
    private Build() {}

    /** From the jar's manifest, so only a jar has one. */
    static String version() {
        return Optional.ofNullable(Build.class.getPackage().getImplementationVersion())
                .orElse("development");
    }

    /** The machine's own name, from the kernel: asking Java would ask DNS. */
    static String host() {
        try {
            return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
        } catch (IOException e) {
            return "this host";
        }
    }
}
