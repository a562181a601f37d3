package io.pgproxy.config.yaml;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/**
 * The path of a file that this process can read now. Immutable.
 *
 * @param folder what a relative path starts from: where the configuration file is, not where the program was started
 */
record ReadableFile(Path folder) implements Syntax<Path> {
    @Override
    public Path parse(String text) throws Unreadable {
        Path file = resolve(text);
        if (Files.notExists(file)) {
            throw new Unreadable("there is no file " + Quoted.of(file));
        }
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            throw new Unreadable(Quoted.of(file) + " is not a file");
        }
        if (!Files.isReadable(file)) { // or nobody may look into its folder
            throw new Unreadable(Quoted.of(file) + " may not be read by this user");
        }
        return file;
    }

    @Override
    public Form form() {
        return new Form.Matching(".*\\S.*");
    }

    private Path resolve(String text) throws Unreadable {
        try {
            if (!text.isBlank()) {
                return folder.resolve(text);
            }
        } catch (InvalidPathException e) {
            // said below: a NUL, say, which YAML can write as "\0"
        }
        throw new Unreadable(Quoted.of(text) + " is not the path of a file");
    }
}
