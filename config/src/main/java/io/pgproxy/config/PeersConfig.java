package io.pgproxy.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Who else may hold the virtual address, and how the members talk to one another. Immutable.
 *
 * @param peers up to 8, each once; this instance may be one of them
 * @param self which of all the members this instance is; empty: found out by the addresses of this host
 * @param listen where the others' datagrams arrive
 * @param secretFile what only the members know; present with {@code peers} and only then
 */
public record PeersConfig(
        List<PeerAddress> peers, Optional<PeerAddress> self, BindAddress listen, Optional<Path> secretFile) {
    /** What {@code listen} is where the file does not say. */
    public static final BindAddress DEFAULT_LISTEN = new BindAddress("*", 7001);

    public PeersConfig {
        peers = List.copyOf(peers);
    }
}
