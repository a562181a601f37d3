package io.pgproxy.config.yaml;

import io.pgproxy.config.PgproxyConfig;
import io.pgproxy.config.yaml.LoadResult.Loaded;
import io.pgproxy.config.yaml.LoadResult.Refused;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Reads {@code pgproxy.yml}. Safe from any thread; does blocking file I/O, and no network I/O: host names are checked for
 * their form only.
 *
 * <p>The operator's mistakes are never exceptions: all of them come back at once, each with its line and key.
 */
public final class ConfigLoader {
    private ConfigLoader() {}

    /**
     * Reads a file; relative paths in it start from its own folder.
     *
     * @param file of at most 1 MiB, UTF-8; a pipe will do
     */
    public static LoadResult load(Path file) {
        Path absolute = file.toAbsolutePath();
        byte[] bytes;
        try (InputStream in = Files.newInputStream(file)) {
            bytes = in.readNBytes(ConfigText.MAX_BYTES + 1);
        } catch (IOException e) {
            Problems problems = new Problems();
            problems.add(0, "", Quoted.of(file) + " can't be read: " + reason(file, e));
            return new Refused(problems.byLine());
        }
        return parse(bytes, Optional.ofNullable(absolute.getParent()).orElse(absolute));
    }

    /**
     * Reads a text.
     *
     * @param folder what relative paths in the text start from
     */
    public static LoadResult parse(String text, Path folder) {
        return parse(text.getBytes(StandardCharsets.UTF_8), folder);
    }

    static LoadResult parse(byte[] bytes, Path folder) {
        Problems problems = new Problems();
        Optional<PgproxyConfig> config = ConfigText.decode(bytes, problems)
                .flatMap(text -> YamlComposer.compose(text, problems))
                .flatMap(tree -> RootKeys.read(tree, folder, problems));
        return config.isPresent() && problems.isEmpty() ? new Loaded(config.get()) : new Refused(problems.byLine());
    }

    private static String reason(Path file, IOException e) {
        if (e instanceof NoSuchFileException) {
            return "there is no such file";
        }
        if (e instanceof AccessDeniedException) {
            return "this user may not";
        }
        return Files.isDirectory(file) ? "it is a folder" : Quoted.sentence(String.valueOf(e.getMessage()));
    }
}
