package io.pgproxy;

import io.pgproxy.admin.Order;
import io.pgproxy.admin.Parameters;
import io.pgproxy.core.LiveSessions;
import io.pgproxy.core.SessionFilter;
import io.pgproxy.core.SessionStatus;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Ends one session, or all that are on a node. Safe from any thread. */
final class EndOrder implements Order {
    /** One port of ours leads to each node at most once, and there are no more nodes. */
    private static final int MAX_NODES = 64;

    private final LiveSessions sessions;
    private final SessionParameters parameters;

    EndOrder(LiveSessions sessions, SessionParameters parameters) {
        this.sessions = sessions;
        this.parameters = parameters;
    }

    @Override
    public CompletionStage<String> carryOut(Parameters said) throws RefusedException {
        SessionFilter filter = parameters.filter(said);
        long dueNanos = sessions.dueNanos();
        if (filter.node().isPresent()) {
            return end(filter, dueNanos);
        }
        if (filter.backendPort().isEmpty()) {
            throw RefusedException.misunderstood(
                    "which sessions? Say the backend port of one, or a node to end all that are there");
        }
        return sessions.find(filter, MAX_NODES, dueNanos).thenCompose(found -> endTheOne(filter, found, dueNanos));
    }

    /** Within the time that the look has left, for the command waits no longer than for one of the two. */
    private CompletionStage<String> endTheOne(SessionFilter filter, LiveSessions.Found found, long dueNanos) {
        try {
            return end(theOne(filter, found), dueNanos);
        } catch (RefusedException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /**
     * Who names a port means one session, but each node may have one with it.
     *
     * @throws RefusedException if nobody has that port, sessions on several nodes have it, or some may that were not
     *     seen
     */
    static SessionFilter theOne(SessionFilter filter, LiveSessions.Found found) throws RefusedException {
        TreeSet<String> nodes = new TreeSet<>();
        found.sessions().stream()
                .map(SessionStatus::backend)
                .flatMap(Optional::stream)
                .forEach(backend -> nodes.add(backend.node()));
        if (nodes.isEmpty()) {
            throw new RefusedException(nobody(filter, found));
        }
        if (nodes.size() > 1) {
            throw new RefusedException(
                    "there are sessions " + filter + " on " + String.join(" and ", nodes) + "; say which node");
        }
        if (found.silentLoops() > 0) {
            throw new RefusedException("there is a session " + filter + " on " + nodes.first() + ", but "
                    + silent(found) + " and may have another; say which node");
        }
        return filter.on(nodes.first());
    }

    private CompletionStage<String> end(SessionFilter filter, long dueNanos) {
        return sessions.end(filter, dueNanos).thenCompose(ended -> {
            if (ended.silentLoops() > 0) {
                return refused("ended " + count(ended) + " " + filter + ", but " + silent(ended) + "; see who is left");
            }
            boolean missed = ended.count() == 0 && filter.backendPort().isPresent();
            return missed
                    ? refused(nobody(filter, ended))
                    : CompletableFuture.completedFuture("ended " + count(ended) + " " + filter);
        });
    }

    private static String nobody(SessionFilter filter, LiveSessions.Found found) {
        return "there is no session " + filter + (found.silentLoops() > 0 ? " to be seen, but " + silent(found) : "");
    }

    private static String count(LiveSessions.Found ended) {
        return ended.count() == 1 ? "1 session" : ended.count() + " sessions";
    }

    private static String silent(LiveSessions.Found found) {
        return found.silentLoops() + " of the relay loops did not answer in time";
    }

    private static CompletionStage<String> refused(String why) {
        return CompletableFuture.failedFuture(new RefusedException(why));
    }
}
