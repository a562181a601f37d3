package io.pgproxy.core;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.pgproxy.config.PgproxyConfig;
import io.pgproxy.config.SessionsConfig;
import java.net.InetAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One event loop with the sessions that live on it. Everything is confined to the loop but {@link #execute},
 * {@link #depart}, {@link #walk} and {@link #endAll}, which is how a new table, the move of an address, an operator and
 * the end of the program get in.
 */
final class RelayLoop {
    private static final Logger LOG = LoggerFactory.getLogger(RelayLoop.class);
    /** How often every session looks after itself: the grain of the limit on unacknowledged data. */
    static final long TICK_MILLIS = 5_000;
    /** In this many steps, so that asking the kernel about ten thousand sessions keeps none of them waiting. */
    private static final int TICK_STEPS = 50;

    private final EventLoop eventLoop;
    private final PgproxyConfig config;
    private final Shared shared;
    private final ReleaseRamp ramp;
    private final Set<Session> sessions = new LinkedHashSet<>();
    private final Map<String, Balancer> balancers = new HashMap<>();
    private final UnfinishedStartups startups = new UnfinishedStartups();
    private final Visitors visitors = new Visitors();
    private final Map<String, Integer> swept = new HashMap<>();
    private int ticksOwed;
    private boolean draining;

    /** What the loops have in common; each part is safe from any thread. */
    record Shared(
            CurrentRoutes routes,
            BackendEvents events,
            Admission admission,
            NodeLoad load,
            TlsAnswers tlsAnswers,
            Dialer dialer,
            Transport transport,
            MovableAddresses movable) {}

    RelayLoop(EventLoop eventLoop, PgproxyConfig config, Shared shared, int loops) {
        this.eventLoop = eventLoop;
        this.config = config;
        this.shared = shared;
        this.ramp = new ReleaseRamp(eventLoop, config, shared.routes, loops);
    }

    /** Subscribes to new tables and begins to tick. */
    void start() {
        shared.routes.subscribe(table -> execute(() -> onTable(table)));
        long step = TICK_MILLIS / TICK_STEPS;
        eventLoop.scheduleAtFixedRate(this::tick, step, step, TimeUnit.MILLISECONDS);
    }

    /** Runs something on the loop. Safe from any thread; a loop that has ended does nothing any more. */
    void execute(Runnable action) {
        try {
            eventLoop.execute(action);
        } catch (RejectedExecutionException ended) {
            // nothing lives here any more that the action could matter to
        }
    }

    EventLoop eventLoop() {
        return eventLoop;
    }

    // ---- what sessions use -------------------------------------------------------------------------------------

    long now() {
        return System.nanoTime();
    }

    void register(Session session) {
        assert eventLoop.inEventLoop();
        sessions.add(session);
    }

    void remove(Session session) {
        assert eventLoop.inEventLoop();
        sessions.remove(session);
    }

    void replace(Session before, Session after) {
        remove(before);
        register(after);
    }

    WaitingQueue queue(Listener listener) {
        return ramp.queue(listener);
    }

    /** Whether a newcomer of that listener may go at once; if not, it has to queue up. */
    boolean takesNewcomer(Listener listener) {
        return ramp.takesNewcomer(listener);
    }

    Balancer balancer(Listener listener) {
        return balancers.computeIfAbsent(
                listener.name(), name -> new Balancer(listener.config(), shared.load, new SplittableRandom()));
    }

    /** Those of this loop's sessions that have said nothing whole yet. */
    UnfinishedStartups startups() {
        return startups;
    }

    /** Those of its clients, with a session or without, that came by an address that may move. */
    Visitors visitors() {
        return visitors;
    }

    MovableAddresses movable() {
        return shared.movable;
    }

    /** Takes a descriptor; who has said nothing yet makes room for who has. False if there is nobody left to do so. */
    boolean takeDescriptor() {
        Places descriptors = shared.admission.descriptors();
        if (descriptors.take()) {
            return true;
        }
        boolean made = startups.makeRoom(now());
        if (made) {
            descriptors.force(); // the one that was ended may take a moment to close
        }
        return made;
    }

    /** Lets parked sessions look again in a while although the table stays as it is. */
    void retryParked() {
        ramp.retryLater();
    }

    void connected(String node, long nanos) {
        shared.load.connected(node, nanos);
    }

    void connectFailed(String node, String reason) {
        shared.load.connectFailed(node);
        shared.events.connectFailed(node, reason);
    }

    /** Counts a session that is ended because its node lost its role; a line in the log tells the sum. */
    void sweeping(String node, String reason) {
        swept.merge(node + ": " + reason, 1, Integer::sum);
    }

    long unacknowledgedMillis(Channel channel) {
        return channel.isActive() ? shared.transport.unacknowledgedMillis(channel) : 0;
    }

    boolean isDraining() {
        return draining;
    }

    Duration hold() {
        return config.hold();
    }

    SessionsConfig limits() {
        return config.sessions();
    }

    CurrentRoutes routes() {
        return shared.routes;
    }

    BackendEvents events() {
        return shared.events;
    }

    Admission admission() {
        return shared.admission;
    }

    NodeLoad load() {
        return shared.load;
    }

    TlsAnswers tlsAnswers() {
        return shared.tlsAnswers;
    }

    Dialer dialer() {
        return shared.dialer;
    }

    // ---- what happens to all of them ---------------------------------------------------------------------------

    private void onTable(RoutingTable table) {
        forEach(session -> session.onTable(table));
        swept.forEach((why, count) -> LOG.info("ended {} sessions on {}", count, why));
        swept.clear();
        ramp.onTable(table);
    }

    /** A fiftieth of the sessions, those first whose turn is longest ago; they queue up again behind the others. */
    private void tick() {
        ticksOwed += sessions.size();
        List<Session> due = sessions.stream().limit(ticksOwed / TICK_STEPS).toList();
        ticksOwed %= TICK_STEPS;
        due.forEach(session -> {
            sessions.remove(session);
            sessions.add(session);
        });
        forEach(due, Session::tick);
    }

    /** Refuses whoever waits, now and from now on. */
    void drain() {
        draining = true;
        forEach(Session::onDrain);
    }

    /**
     * Ends all of them. Safe from any thread.
     *
     * @return completes when their clients' connections are closed, a second later where one does not read what it is
     *     told; never, if the loop hangs
     */
    CompletionStage<Void> endAll() {
        CompletableFuture<Void> closed = new CompletableFuture<>();
        try {
            eventLoop.execute(() -> endAll(closed));
        } catch (RejectedExecutionException ended) {
            closed.complete(null);
        }
        return closed;
    }

    private void endAll(CompletableFuture<Void> closed) {
        CompletableFuture<?>[] each = sessions.stream().map(RelayLoop::closed).toArray(CompletableFuture<?>[]::new);
        forEach(session -> session.end(CloseReason.SHUTDOWN, ""));
        CompletableFuture.allOf(each).thenRun(() -> closed.complete(null));
    }

    private static CompletableFuture<Void> closed(Session session) {
        CompletableFuture<Void> closed = new CompletableFuture<>();
        session.channel().closeFuture().addListener(now -> closed.complete(null));
        return closed;
    }

    /**
     * Ends whoever came by one of these addresses, which are closed to newcomers. Safe from any thread.
     *
     * @return completes when nobody is left, with how many sessions were ended; or fails, if they may stay
     */
    CompletionStage<Integer> depart(Set<InetAddress> addresses, long drainNanos) {
        Departure departure = new Departure(addresses, this);
        try {
            eventLoop.execute(() -> visitors.depart(departure, drainNanos));
        } catch (RejectedExecutionException ended) {
            departure.foundNobody();
        }
        return departure.done();
    }

    /**
     * Looks at all of its sessions, and does something to those that fit. Safe from any thread.
     *
     * @param most how many of those that fit to tell of
     * @param untilNanos the monotonic time after which it does nothing any more
     * @return completes when that is done or the time is over; never, if the loop hangs
     */
    CompletionStage<SessionWalk.Seen> walk(SessionFilter filter, int most, long untilNanos, Consumer<Session> action) {
        SessionWalk walk = new SessionWalk(this, filter, most, untilNanos, action);
        try {
            eventLoop.execute(walk::begin);
        } catch (RejectedExecutionException ended) {
            walk.foundNobody();
        }
        return walk.done();
    }

    int sessions() {
        return sessions.size();
    }

    boolean has(Session session) {
        return sessions.contains(session);
    }

    /** Some of the sessions, at most so many, those first that have looked after themselves longest ago. */
    List<Session> sessions(Predicate<Session> which, int most) {
        return sessions.stream().filter(which).limit(most).toList();
    }

    private void forEach(Consumer<Session> action) {
        forEach(List.copyOf(sessions), action);
    }

    /** A session that fails, which is a mistake of ours, must not keep the others from their sweep. */
    static void forEach(List<Session> some, Consumer<Session> action) {
        for (Session session : some) {
            try {
                action.accept(session);
            } catch (RuntimeException e) {
                LOG.error("a session failed", e);
                session.end(CloseReason.INTERNAL_ERROR, "");
            }
        }
    }
}
