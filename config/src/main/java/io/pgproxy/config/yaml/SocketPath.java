package io.pgproxy.config.yaml;

import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** The path of a Unix socket, absolute: who asks is not where the program was started. Immutable. */
record SocketPath() implements Syntax<Path> {
    /** Linux has 108 with the final NUL; some are left for the name that it has until it is ready. */
    private static final int MAX_BYTES = 100;

    @Override
    public Path parse(String text) throws Unreadable {
        if (text.getBytes(StandardCharsets.UTF_8).length > MAX_BYTES) {
            throw new Unreadable(
                    Quoted.of(text) + " is too long for a socket, whose path has at most " + MAX_BYTES + " bytes");
        }
        try {
            Path path = Path.of(text);
            if (path.isAbsolute() && path.getFileName() != null && !text.endsWith("/")) {
                return path;
            }
        } catch (InvalidPathException e) {
            // said below: a NUL, say, which YAML can write as "\0"
        }
        throw new Unreadable(
                Quoted.of(text) + " is not the path of a socket; write one from the root, as /run/pgproxy/admin.sock");
    }

    @Override
    public Form form() {
        return new Form.Matching("/.*[^/]");
    }
}
