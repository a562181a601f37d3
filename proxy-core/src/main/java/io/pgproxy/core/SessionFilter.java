package io.pgproxy.core;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * Which sessions are meant. Immutable.
 *
 * @param backendPort only those whose connection to their node has this port of ours, 1 to 65535; the kernel may give
 *     one port to connections to different nodes
 * @param node only those on the node of that name
 */
public record SessionFilter(OptionalInt backendPort, Optional<String> node) {
    /** Every session. */
    public static final SessionFilter ALL = new SessionFilter(OptionalInt.empty(), Optional.empty());

    /** The same, on that node only. */
    public SessionFilter on(String name) {
        return new SessionFilter(backendPort, Optional.of(name));
    }

    boolean fits(SessionStatus session) {
        return (backendPort.isEmpty()
                        || session.backend()
                                .filter(backend -> backend.localPort() == backendPort.getAsInt())
                                .isPresent())
                && (node.isEmpty()
                        || session.backend()
                                .filter(backend -> backend.node().equals(node.get()))
                                .isPresent());
    }

    /** For a sentence about sessions, behind their number: {@code with backend port 40123 on pg102}. */
    @Override
    public String toString() {
        String port = backendPort.isPresent() ? " with backend port " + backendPort.getAsInt() : "";
        return (port + node.map(name -> " on " + name).orElse("")).strip();
    }
}
