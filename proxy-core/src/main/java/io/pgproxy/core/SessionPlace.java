package io.pgproxy.core;

import java.util.Optional;

/**
 * What one session takes of the limits on sessions, from its first whole packet to its end: a place in the program, in
 * its listener and of its source, and the descriptor of its backend. Given back once, however often it is asked.
 * Confined to the session's event loop.
 */
final class SessionPlace {
    private final Listener listener;
    private final RelayLoop loop;
    private final Source source;
    private boolean taken;

    SessionPlace(Listener listener, RelayLoop loop, Source source) {
        this.listener = listener;
        this.loop = loop;
        this.source = source;
    }

    /** Takes all of it or nothing; why not, if nothing. */
    Optional<Refused> take() {
        Places sessions = loop.admission().sessions();
        Optional<Refused> refused =
                sessions.take() ? Optional.empty() : limit("there are " + sessions.max() + " sessions already");
        if (refused.isEmpty()) {
            refused = listener.rules().enter(source);
            if (refused.isPresent()) {
                sessions.giveBack();
            } else if (!loop.takeDescriptor(source)) {
                listener.rules().leave(source);
                sessions.giveBack();
                refused = limit("the proxy has no descriptor left for another session");
            }
        }
        taken = refused.isEmpty();
        return refused;
    }

    private static Optional<Refused> limit(String text) {
        return Optional.of(new Refused(CloseReason.SESSION_LIMIT, text));
    }

    void giveBack() {
        if (taken) {
            taken = false;
            loop.admission().descriptors().giveBack();
            listener.rules().leave(source);
            loop.admission().sessions().giveBack();
        }
    }
}
