package io.pgproxy.config.yaml;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/**
 * The path of a file that the program writes, from the root: it need not be there yet, and its folder has nothing to do
 * with the configuration's. Immutable.
 */
record StateFilePath() implements Syntax<Path> {
    @Override
    public Path parse(String text) throws Unreadable {
        try {
            Path path = Path.of(text);
            if (path.isAbsolute() && path.getFileName() != null && !text.endsWith("/")) {
                return path;
            }
        } catch (InvalidPathException e) {
            // said below: a NUL, say, which YAML can write as "\0"
        }
        throw new Unreadable(Quoted.of(text)
                + " is not the path of a file; write one from the root, as /var/lib/pgproxy/nodes.json");
    }

    @Override
    public Form form() {
        return new Form.Matching("/.*[^/]");
    }
}
