package io.pgproxy.core;

/**
 * One session's place among those that wait, and the counts that go with it. It is kept while backends are tried in
 * between, or a newcomer could take it and who has waited long would be refused. Confined to the session's event loop.
 */
final class Parking {
    private final BackendSearch search;
    private final Listener listener;
    private final RelayLoop loop;
    private boolean parked;
    private long sinceNanos;

    Parking(BackendSearch search, Listener listener, RelayLoop loop) {
        this.search = search;
        this.listener = listener;
        this.loop = loop;
    }

    /** Takes a place if the session has none yet; false if there are too many who wait already. */
    boolean enter() {
        if (!parked) {
            if (!loop.admission().parked().take()) {
                return false;
            }
            parked = true;
            sinceNanos = loop.now();
            listener.counts().parked().incrementAndGet();
            loop.events().sessionParked(listener.config().route(), sinceNanos);
        }
        return true;
    }

    /** The wait is over, however it ended; nothing happens if there was none. */
    void leave() {
        if (parked) {
            parked = false;
            loop.queue(listener).remove(search);
            loop.admission().parked().giveBack();
            listener.counts().parked().decrementAndGet();
            listener.counts().parkedFor(loop.now() - sinceNanos);
        }
    }
}
