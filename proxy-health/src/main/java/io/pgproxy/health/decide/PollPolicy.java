package io.pgproxy.health.decide;

import io.pgproxy.config.HealthConfig;
import io.pgproxy.core.ListenerRoute;
import io.pgproxy.core.RoutingTable;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * When to ask: slow and steady while all is well, quickly while it matters. Immutable.
 *
 * <p>It matters while a route has nobody to go to or the leader is in doubt; both last as long as their cause, unless the
 * cluster is led and has stood still for a while: then what a route lacks is what the cluster does not have (a primary
 * in a standby cluster, a replica with some tag), and asking quickly will not bring it. Some other node that comes and
 * goes all day must not keep us quick either: a route that has had nobody for long is not waited for any more. A hint
 * from outside (a failed connect, a session ended by its backend) makes it matter for a short while only: if there is
 * something to it, that while is enough to bring the answer that keeps us quick. During a planned switchover the hint
 * is the burst of sessions that end with 57P01; the primary's next answer is "stopping", and from then on the primary
 * route has nobody until the new primary's first yes.
 *
 * <p>A node that etcd's leader key has just come to name is about to be promoted, and is pursued for a while: asked even
 * more often than quickly, until it says yes. Its key comes first, so the first yes is missed by a few milliseconds. So is
 * one that says itself that it holds the lock and is no primary yet, which is all that tells without etcd, and where the
 * key does not change: a primary whose PostgreSQL was started again.
 *
 * @param hints by what they are about: when the last one that counted came
 */
public record PollPolicy(HealthConfig config, Map<String, Long> hints) {
    /** Patroni notices a dead postmaster within its own second or two. */
    static final Duration HINT_LASTS = Duration.ofSeconds(3);

    /**
     * Hints about the same node count again after this long. An application whose sessions the backend ends all day
     * (idle_session_timeout, pg_terminate_backend) so costs at most a tenth of the time in quick mode, and it can't
     * use up the hints about another node.
     */
    static final Duration HINT_RESTS = Duration.ofSeconds(30);

    /** Patroni promotes a node within a second or two; one that takes longer is asked quickly, like all others. */
    static final Duration PURSUIT_LASTS = Duration.ofSeconds(10);

    /** A check takes a Patroni some milliseconds. */
    private static final int PURSUIT_SPEED = 4;

    private static final String LEADER_KEY = "the leader key names ";
    private static final String PROMISE = "about to lead: ";

    /** As long as a session may wait by default. */
    static final Duration STANDS_STILL = Duration.ofSeconds(60);

    /** What a route has lacked for so long comes when it comes; an interval earlier or later does not matter. */
    static final Duration GIVES_UP = Duration.ofMinutes(5);

    public PollPolicy {
        hints = Map.copyOf(hints);
    }

    /** Nobody has hinted at anything yet. */
    public static PollPolicy of(HealthConfig config) {
        return new PollPolicy(config, Map.of());
    }

    /** After a hint about that node. */
    public PollPolicy hinted(String about, long nowNanos) {
        Long last = hints.get(about);
        if (last != null && nowNanos - last < HINT_RESTS.toNanos()) {
            return this;
        }
        Map<String, Long> next = new HashMap<>(hints);
        next.values().removeIf(hint -> nowNanos - hint >= HINT_RESTS.toNanos()); // of nodes that are gone, too
        next.put(about, nowNanos);
        return new PollPolicy(config, next);
    }

    /** After etcd's leader key has come to name that node. */
    public PollPolicy named(String node, long nowNanos) {
        return hinted(LEADER_KEY + node, nowNanos);
    }

    /** After an answer of that node's. */
    public PollPolicy heard(String node, ProbeOutcome outcome, long nowNanos) {
        return outcome.answer().filter(PatroniAnswer::isPromising).isPresent()
                ? hinted(PROMISE + node, nowNanos)
                : this;
    }

    /** Whether nodes are to be asked every {@code fast-interval} now. */
    public boolean isQuick(ClusterHealth cluster, RoutingTable table, long nowNanos) {
        return isAnyoneMissed(cluster, table, nowNanos)
                || isLeaderInDoubt(cluster, nowNanos)
                || isHinted(nowNanos)
                || isEndAwaited(cluster, nowNanos);
    }

    /** How long after the start of a node's last check its next one is due. */
    public long pauseNanos(boolean quick) {
        // A verdict must be out within one interval of the event, and the check itself takes a while.
        return quick ? config.fastInterval().toNanos() : config.interval().toNanos() / 10 * 9;
    }

    /** The same for that node, which may be the one that everybody waits for. */
    public long pauseNanos(String node, ClusterHealth cluster, boolean quick, long nowNanos) {
        return isPursued(node, cluster, nowNanos) ? hurriedNanos() : pauseNanos(quick);
    }

    /** The same for a node that something has just happened to; nobody is asked more often than so. */
    public long hurriedNanos() {
        return config.fastInterval().toNanos() / PURSUIT_SPEED;
    }

    private boolean isPursued(String node, ClusterHealth cluster, long nowNanos) {
        return (isPursued(LEADER_KEY + node, nowNanos) || isPursued(PROMISE + node, nowNanos))
                && !(cluster.leadership().leads(node) && cluster.view(node).state() == NodeState.UP);
    }

    private boolean isPursued(String hint, long nowNanos) {
        Long given = hints.get(hint);
        return given != null && nowNanos - given < PURSUIT_LASTS.toNanos();
    }

    private static boolean isAnyoneMissed(ClusterHealth cluster, RoutingTable table, long nowNanos) {
        if (table.listeners().isEmpty()) {
            return true;
        }
        boolean led = isLed(cluster, nowNanos);
        boolean settled = led && cluster.views().values().stream().allMatch(view -> standsStill(view, nowNanos));
        return table.listeners().values().stream()
                .filter(route -> route.candidates().isEmpty())
                .anyMatch(route -> !settled && !(led && isGivenUp(route, nowNanos)));
    }

    private static boolean isLed(ClusterHealth cluster, long nowNanos) {
        Optional<NodeView> leader = cluster.leadership().leader().map(cluster::view);
        return leader.filter(view -> view.state() == NodeState.UP && standsStill(view, nowNanos))
                .isPresent();
    }

    private static boolean standsStill(NodeView view, long nowNanos) {
        return nowNanos - view.sinceNanos() >= STANDS_STILL.toNanos();
    }

    private static boolean isGivenUp(ListenerRoute route, long nowNanos) {
        return nowNanos - route.nobodySinceNanos() >= GIVES_UP.toNanos();
    }

    private boolean isLeaderInDoubt(ClusterHealth cluster, long nowNanos) {
        Optional<NodeHealth> leader = cluster.leadership().leader().map(cluster::node);
        return leader.isPresent()
                && (leader.get().missedLast()
                        || isOverdue(leader.get().answeredNanos().orElse(0), nowNanos));
    }

    private static boolean isEndAwaited(ClusterHealth cluster, long nowNanos) {
        Optional<String> leader = cluster.leadership().leader();
        return leader.isPresent()
                && cluster.announcement()
                        .filter(told -> told.isAwaited(leader.get(), nowNanos))
                        .isPresent();
    }

    private boolean isOverdue(long answeredNanos, long nowNanos) {
        return nowNanos - answeredNanos > config.interval().toNanos() / 2 * 3;
    }

    private boolean isHinted(long nowNanos) {
        return hints.values().stream().anyMatch(hint -> nowNanos - hint < HINT_LASTS.toNanos());
    }
}
