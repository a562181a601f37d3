package io.pgproxy.core;

import java.net.InetAddress;
import java.util.List;
import java.util.Set;

/** How one of several equally good nodes is chosen. One for each listener and relay loop, and confined to that loop. */
interface ChoiceRule {
    /**
     * One of them, more often the more weight it has.
     *
     * @param contenders at least one
     * @param source the client's address
     */
    Contender choose(List<Contender> contenders, InetAddress source);

    /** Forgets what it remembers of other nodes than these, so that what came and went leaves nothing behind. */
    default void retain(Set<String> nodes) {}
}
