package io.pgproxy.config;

import java.nio.file.Path;

/**
 * The ways to the running program. Immutable.
 *
 * @param bind where metrics, health and status are served over HTTP, to whoever asks
 * @param socket the Unix socket for what changes something, to whom its folder and its group let in; absolute
 */
public record AdminConfig(BindAddress bind, Path socket) {
    /** What applies where the file says nothing. */
    public static final AdminConfig DEFAULTS =
            new AdminConfig(new BindAddress("*", 7000), Path.of("/run/pgproxy/admin.sock"));
}
