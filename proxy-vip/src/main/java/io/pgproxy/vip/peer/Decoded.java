package io.pgproxy.vip.peer;

import io.pgproxy.vip.machine.PeerMessage;

/** What a datagram turned out to be. Immutable. */
public sealed interface Decoded {
    /** Written by somebody who knows the secret; whether it is new is another question. */
    record Authentic(PeerMessage message) implements Decoded {}

    /**
     * Nothing to act on.
     *
     * @param detail what it has instead of what was expected, printable; empty if there is nothing to add
     */
    record Rejected(Rejection why, String detail) implements Decoded {
        @Override
        public String toString() {
            return why.words() + (detail.isEmpty() ? "" : ": " + detail);
        }
    }
}
