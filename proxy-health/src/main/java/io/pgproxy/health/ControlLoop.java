package io.pgproxy.health;

import io.netty.util.concurrent.EventExecutor;
import io.pgproxy.core.CurrentRoutes;
import io.pgproxy.health.decide.AnnouncePolicy;
import io.pgproxy.health.decide.Announcement;
import io.pgproxy.health.decide.ClusterHealth;
import io.pgproxy.health.decide.MemberPolicy;
import io.pgproxy.health.decide.Membership;
import io.pgproxy.health.decide.Membership.Source;
import io.pgproxy.health.decide.Outlook;
import io.pgproxy.health.decide.PatroniStore;
import io.pgproxy.health.decide.PollPolicy;
import io.pgproxy.health.decide.ProbeResult;
import io.pgproxy.health.decide.RoutingPolicy;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The loop around the kernel: an answer comes in, knowledge moves on, the table is published, whoever is due is asked.
 * The only publisher of the table. Confined to the control thread; {@link #knowledge} and {@link #firstRound} are safe
 * from any.
 */
final class ControlLoop {
    /** Time alone changes verdicts (a yes grows old): looked at this often even if no answer comes. */
    private static final long LONGEST_SLEEP_NANOS = Duration.ofMillis(100).toNanos();

    /**
     * How often it is looked whom to ask. Who is new, or elsewhere, is asked at once: whoever may write to etcd could
     * have a check made with each word.
     */
    private static final long LOOK_NANOS = Duration.ofSeconds(1).toNanos();

    private static final Logger LOG = LoggerFactory.getLogger(ControlLoop.class);

    private final EventExecutor control;
    private final LongSupplier clock;
    private final NodesInUse nodes;
    private final MemberPolicy members;
    private final CurrentRoutes routes;
    private final HealthReports reports;

    private final CompletableFuture<Void> firstRound = new CompletableFuture<>();
    private final Set<String> heard = new HashSet<>();
    private RoutingPolicy routing;
    private PollPolicy polling;
    private AnnouncePolicy announcing;
    private Optional<PatroniStore> store = Optional.empty();
    private long lookedNanos;
    private @Nullable ScheduledFuture<?> alarm;
    private boolean closed;

    /** Written by the control thread, read by any. */
    private volatile Knowledge knowledge;

    /** The kernel in its first state. */
    record Kernel(
            Outlook outlook,
            RoutingPolicy routing,
            PollPolicy polling,
            AnnouncePolicy announcing,
            MemberPolicy members) {}

    ControlLoop(
            EventExecutor control,
            LongSupplier clock,
            NodesInUse nodes,
            Kernel kernel,
            CurrentRoutes routes,
            HealthReports reports) {
        this.control = control;
        this.clock = clock;
        this.nodes = nodes;
        this.routing = kernel.routing();
        this.polling = kernel.polling();
        this.announcing = kernel.announcing();
        this.members = kernel.members();
        this.routes = routes;
        this.reports = reports;
        this.knowledge = new Knowledge(kernel.outlook(), nodes.membership(), true);
    }

    /** What is known right now. */
    Knowledge knowledge() {
        return knowledge;
    }

    /** Completes when every node has been heard or given up on once, and the table made of that is published. */
    CompletionStage<Void> firstRound() {
        return firstRound;
    }

    /** Asks everybody; the first round ends after that long, whoever has not answered. */
    void start(Duration patience) {
        assert control.inEventLoop();
        control.schedule(this::endFirstRound, patience.toNanos(), TimeUnit.NANOSECONDS);
        turn();
    }

    /** A session could not connect to that node: the address may be the reason. */
    void connectFailed(String node) {
        assert control.inEventLoop();
        for (Poller poller : nodes.pollers()) {
            if (poller.name().equals(node)) {
                poller.address().complained(clock.getAsLong());
            }
        }
        hinted(node);
    }

    /** A session has noticed something about that node, which may be gone by now: asks everybody sooner. */
    void hinted(String node) {
        assert control.inEventLoop();
        if (knowledge.outlook().cluster().nodes().containsKey(node)) {
            polling = polling.hinted(node, clock.getAsLong());
            turn();
        }
    }

    /**
     * This is what Patroni keeps in etcd now; empty if that is not known any more. It takes nothing from anybody: whom it
     * concerns is asked, and only between nodes that say yes themselves does the leader key decide.
     */
    void stored(Optional<PatroniStore> next) {
        assert control.inEventLoop();
        if (closed) {
            return;
        }
        announcing = announcing.heard(store, next, System.currentTimeMillis());
        PatroniStore before = store.orElse(PatroniStore.EMPTY);
        boolean first = store.isEmpty();
        store = next;
        if (first) {
            step(this::lookForNodes);
        } else {
            lookForNodesAgain();
        }
        step(() -> reports.leaderKey(before.leader(), next, knowledge.outlook().cluster(), clock.getAsLong()));
        step(() -> advance(
                knowledge.outlook().cluster().withLeaderKey(next.flatMap(PatroniStore::leaderKey), clock.getAsLong())));
        next.ifPresent(now -> step(() -> lookInto(before, now)));
        turn();
    }

    private ClusterHealth withAnnouncement(ClusterHealth cluster) {
        Optional<Announcement> before = cluster.announcement();
        long now = clock.getAsLong();
        return cluster.withAnnouncement(
                store.map(known -> announcing.next(before, cluster, known, now, System.currentTimeMillis()))
                        .orElseGet(() -> AnnouncePolicy.whileUnknown(before)));
    }

    /**
     * Whom to ask by what etcd has. The file's nodes may be called something else in the file: before they have answered,
     * nobody knows which members they are.
     */
    private void lookForNodes() {
        Membership before = nodes.membership();
        if (store.isEmpty() || (before.source() == Source.FILE && !firstRound.isDone())) {
            return;
        }
        long now = clock.getAsLong();
        lookedNanos = now;
        Membership next = members.next(before, store.get(), knowledge.outlook().cluster(), now);
        if (!next.equals(before)) {
            use(before, next, now);
        }
    }

    private void lookForNodesAgain() {
        if (clock.getAsLong() - lookedNanos >= LOOK_NANOS) {
            step(this::lookForNodes);
        }
    }

    private void use(Membership before, Membership next, long now) {
        routing = routing.withNodes(next.nodes());
        heard.retainAll(next.names());
        Set<String> joined = new HashSet<>(before.nodes().isEmpty() ? List.of() : next.names());
        joined.removeAll(before.names());
        Outlook was = knowledge.outlook();
        Outlook outlook =
                routing.ofThese(was, was.cluster().withNodes(next.names(), next.movedSince(before), now), joined);
        knowledge = new Knowledge(outlook, next, knowledge.quick());
        nodes.use(next); // behind the knowledge: of whoever is to be looked at something is known
        advance(outlook.cluster().at(now));
    }

    private void lookInto(PatroniStore before, PatroniStore now) {
        ClusterHealth cluster = knowledge.outlook().cluster();
        if (!now.leader().equals(before.leader())) {
            now.leader().stream()
                    .flatMap(leader -> cluster.nodesCalled(List.of(leader)).stream())
                    .filter(node -> !cluster.leadership().leads(node))
                    .forEach(node -> polling = polling.named(node, clock.getAsLong()));
        }
        List<String> affected = cluster.nodesCalled(now.affectedSince(before));
        for (Poller poller : nodes.pollers()) {
            if (affected.contains(poller.name())) {
                poller.hurry(polling.hurriedNanos());
            }
        }
    }

    void close() {
        assert control.inEventLoop();
        closed = true;
        cancelAlarm();
        firstRound.complete(null);
    }

    private void turn() {
        if (closed) {
            return;
        }
        step(() -> advance(withAnnouncement(knowledge.outlook().cluster().at(clock.getAsLong()))));
        step(() -> reports.tick(clock.getAsLong()));
        lookForNodesAgain();
        step(this::askWhoIsDue);
        sleep();
    }

    private void answered(String node, ProbeResult result) {
        assert control.inEventLoop();
        if (closed) {
            return;
        }
        step(() -> {
            reports.checked(node, result);
            polling = polling.heard(node, result.outcome(), clock.getAsLong());
            advance(knowledge.outlook().cluster().after(node, result));
        });
        heard.add(node);
        if (heard.size() == nodes.pollers().size()) {
            endFirstRound();
        }
        turn();
    }

    /** A mistake of ours must be seen, and must not stop the loop for good: nobody else keeps the table true. */
    private static void step(Runnable work) {
        try {
            work.run();
        } catch (RuntimeException e) {
            LOG.error("the control loop goes on after a failed step", e);
        }
    }

    /** Compute, publish, then tell: who waits for the table does not wait for the log. */
    private void advance(ClusterHealth cluster) {
        long now = clock.getAsLong();
        Outlook before = knowledge.outlook();
        Outlook after = routing.next(before, cluster, now);
        knowledge = new Knowledge(after, nodes.membership(), polling.isQuick(cluster, after.table(), now));
        if (after.table().version() > before.table().version()) {
            routes.publish(after.table());
        }
        reports.moved(before, after, now);
    }

    private void askWhoIsDue() {
        long now = clock.getAsLong();
        for (Poller poller : pollers()) {
            boolean silent = knowledge.outlook().cluster().node(poller.name()).missedLast();
            poller.address().refresh(silent, now);
            poller.askIfDue(pauseNanos(poller), this::answered);
        }
    }

    /** Those of nodes that are known: a step that has failed may have left another one. */
    private List<Poller> pollers() {
        Set<String> known = knowledge.outlook().cluster().nodes().keySet();
        return nodes.pollers().stream()
                .filter(poller -> known.contains(poller.name()))
                .toList();
    }

    private long pauseNanos(Poller poller) {
        Knowledge known = knowledge;
        return polling.pauseNanos(poller.name(), known.outlook().cluster(), known.quick(), clock.getAsLong());
    }

    private void sleep() {
        long sleepNanos = LONGEST_SLEEP_NANOS;
        for (Poller poller : pollers()) {
            sleepNanos = Math.min(sleepNanos, poller.dueInNanos(pauseNanos(poller)));
        }
        cancelAlarm();
        alarm = control.schedule(this::turn, Math.max(0, sleepNanos), TimeUnit.NANOSECONDS);
    }

    private void cancelAlarm() {
        if (alarm != null) {
            alarm.cancel(false);
            alarm = null;
        }
    }

    private void endFirstRound() {
        if (!firstRound.isDone()) {
            reports.firstRoundEnded(knowledge.outlook().table(), clock.getAsLong());
            nodes.begun();
            firstRound.complete(null);
        }
    }
}
