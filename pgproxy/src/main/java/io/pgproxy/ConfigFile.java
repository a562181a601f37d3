package io.pgproxy;

import io.pgproxy.config.PgproxyConfig;
import io.pgproxy.config.yaml.ConfigLoader;
import io.pgproxy.config.yaml.LoadResult;
import io.pgproxy.config.yaml.LoadResult.Loaded;
import io.pgproxy.config.yaml.Problem;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Which configuration file counts, and what it says. Stateless; reads files. */
final class ConfigFile {
    private static final String NAME = "pgproxy.yml";
    private static final Path OF_THE_SYSTEM = Path.of("/etc/pgproxy", NAME);

    private ConfigFile() {}

    /** Nothing useful can be read; the message lists everything that is wrong, a line for each. */
    static final class Refused extends Exception {
        Refused(String message) {
            super(message);
        }
    }

    /** The file that was asked for, or the first one that is where it usually is; empty if there is none. */
    static Optional<Path> find(Optional<Path> given) {
        return given.or(() -> places().stream().filter(Files::exists).findFirst());
    }

    /** Reads the file that was asked for, or the one at its usual place. */
    static PgproxyConfig load(Optional<Path> given) throws Refused {
        Path file = find(given)
                .orElseThrow(() -> new Refused("there is no configuration: none of " + places()
                        + " exists, and --config FILE names no other"));
        LoadResult result = ConfigLoader.load(file);
        if (result instanceof Loaded loaded) {
            return loaded.config();
        }
        throw refused(file, ((LoadResult.Refused) result).problems());
    }

    /** A part of the program that can be built, or not. */
    @FunctionalInterface
    interface Part<T, E extends Exception> {
        T make() throws E;
    }

    /** Some of what the file says only shows to be wrong when it is used. */
    static <T, E extends Exception> T usable(Part<T, E> part) throws Refused, E {
        try {
            return part.make();
        } catch (IllegalArgumentException | IllegalStateException e) {
            throw new Refused(String.valueOf(e.getMessage()));
        }
    }

    /** In the form that editors and terminals make a link of: {@code file:line: key: what is wrong}. */
    private static Refused refused(Path file, List<Problem> problems) {
        StringBuilder text = new StringBuilder();
        for (Problem problem : problems) {
            text.append(text.isEmpty() ? "" : "\n").append(file);
            text.append(problem.line() == 0 ? "" : ":" + problem.line());
            text.append(problem.path().isEmpty() ? "" : ": " + problem.path());
            text.append(": ").append(problem.message());
        }
        return new Refused(text.toString());
    }

    private static List<Path> places() {
        return besideTheJar().map(beside -> List.of(beside, OF_THE_SYSTEM)).orElse(List.of(OF_THE_SYSTEM));
    }

    private static Optional<Path> besideTheJar() {
        try {
            Path code = Path.of(ConfigFile.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
            return Optional.of(code.resolveSibling(NAME));
        } catch (URISyntaxException e) {
            return Optional.empty();
        }
    }
}
