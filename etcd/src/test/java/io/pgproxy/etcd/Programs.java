package io.pgproxy.etcd;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import org.opentest4j.TestAbortedException;

/** Other people's programs that tests need. */
final class Programs {
    private Programs() {}

    /**
     * In the environment's {@code PGPROXY_ETCD}, or on the path. A test is aborted, with the reason, where there is none,
     * and fails where CI is set; one that the environment names must be there.
     */
    static Path etcd() {
        Optional<Path> file = Optional.ofNullable(System.getenv("PGPROXY_ETCD"))
                .map(Programs::named)
                .or(Programs::onThePath);
        return file.orElseThrow(() -> cannotRun("there is no etcd here; lab/test sees to one"));
    }

    private static TestAbortedException cannotRun(String reason) {
        if (System.getenv("CI") != null) {
            throw new AssertionError(reason);
        }
        return new TestAbortedException(reason);
    }

    private static Path named(String name) {
        Path file = Path.of(name);
        if (!Files.isExecutable(file)) {
            throw new IllegalStateException("PGPROXY_ETCD names " + file + ", which is no program");
        }
        return file;
    }

    private static Optional<Path> onThePath() {
        return Arrays.stream(System.getenv("PATH").split(File.pathSeparator, -1))
                .map(folder -> Path.of(folder, "etcd"))
                .filter(Files::isExecutable)
                .findFirst();
    }
}
