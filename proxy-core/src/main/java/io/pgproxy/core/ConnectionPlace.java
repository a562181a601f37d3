package io.pgproxy.core;

import java.util.Optional;

/**
 * What one connection takes of the limits: a startup's place until its first packet is whole, then, if it wants a
 * session, a place in the program, in its listener and of its source, and the descriptor of its backend. So who says
 * nothing uses up startups only, and who waits counts as who works. Everything is given back once, however often it is
 * asked. Confined to the connection's event loop.
 */
final class ConnectionPlace {
    private enum Stage {
        STARTUP,
        /** It is no startup any more, and takes no session's place, or not yet. */
        NOTHING,
        SESSION
    }

    private final Opening opening;
    private final Listener listener;
    private final RelayLoop loop;
    private Stage stage = Stage.NOTHING;
    private Source source;

    /** Nothing is taken yet. */
    ConnectionPlace(Opening opening, Source source, Listener listener, RelayLoop loop) {
        this.opening = opening;
        this.source = source;
        this.listener = listener;
        this.loop = loop;
    }

    /** The reception has seen to it that there is room. */
    void takeStartup() {
        stage = Stage.STARTUP;
        loop.admission().startups().force();
        loop.startups().add(opening, source, loop.now());
    }

    /**
     * The client has said that it wants a session. Asked again it has no effect: who was let in is not put out for
     * those who came later.
     *
     * @param client whose session it is, by now known
     * @return why there is no place for it; empty if it has one
     */
    Optional<Refused> takeSession(Source client) {
        if (stage == Stage.SESSION) {
            return Optional.empty();
        }
        giveBack();
        source = client;
        Places sessions = loop.admission().sessions();
        if (!sessions.take()) {
            return limit("there are " + sessions.max() + " sessions already");
        }
        Optional<Refused> refused = listener.rules().enter(source);
        if (refused.isEmpty() && !loop.takeDescriptor()) {
            listener.rules().leave(source);
            refused = limit("the proxy has no descriptor left for another session");
        }
        if (refused.isPresent()) {
            sessions.giveBack();
        } else {
            stage = Stage.SESSION;
        }
        return refused;
    }

    private static Optional<Refused> limit(String text) {
        return Optional.of(new Refused(CloseReason.SESSION_LIMIT, text));
    }

    void giveBack() {
        switch (stage) {
            case NOTHING -> {}
            case STARTUP -> {
                loop.startups().remove(opening);
                loop.admission().startups().giveBack();
            }
            case SESSION -> {
                loop.admission().descriptors().giveBack();
                listener.rules().leave(source);
                loop.admission().sessions().giveBack();
            }
        }
        stage = Stage.NOTHING;
    }
}
