package io.pgproxy.status;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How the program and the cluster are, as of one instant: all that {@code /}, {@code /api/v1/status} and
 * {@code pgproxy status} show. Immutable.
 *
 * <p>Ages are seconds rather than points in time: two hosts' clocks may differ, and a monotonic clock has no date.
 *
 * @param nodes in the order of the configuration
 * @param vip null where no virtual address is configured
 */
public record StatusReport(
        Instance instance,
        Readiness readiness,
        Cluster cluster,
        List<Listener> listeners,
        List<Node> nodes,
        List<Limit> limits,
        @Nullable Vip vip) {
    public StatusReport {
        listeners = List.copyOf(listeners);
        nodes = List.copyOf(nodes);
        limits = List.copyOf(limits);
    }

    /**
     * This process.
     *
     * @param host the machine's own name
     * @param state {@code starting}, {@code running} or {@code draining}
     * @param transport the way to the kernel's sockets: {@code io_uring}, {@code epoll} or {@code nio}
     */
    public record Instance(String version, String host, String state, String transport, double uptimeSeconds) {}

    /**
     * Whether clients should be sent here.
     *
     * @param ready exactly when there are no reasons against it
     * @param reasons why not, each a line for people
     * @param errors what has to be mended now without standing in the way, each a line for people
     * @param warnings what else is wrong without standing in the way, each a line for people
     */
    public record Readiness(boolean ready, List<String> reasons, List<String> errors, List<String> warnings) {
        /** An older program tells no errors, and then the reader passes null. */
        public Readiness {
            reasons = List.copyOf(reasons);
            errors = errors == null ? List.of() : List.copyOf(errors);
            warnings = List.copyOf(warnings);
        }

        /** Ready unless something speaks against it. */
        public static Readiness of(List<String> reasons, List<String> errors, List<String> warnings) {
            return new Readiness(reasons.isEmpty(), reasons, errors, warnings);
        }
    }

    /**
     * The cluster behind the proxy.
     *
     * @param name Patroni's scope, empty until a node has told it
     * @param systemIdentifier PostgreSQL's own name for the cluster
     * @param primary the node that writes go to
     * @param routingTableVersion grows with every decision
     * @param nodesFrom who says which nodes there are: {@code file}, {@code etcd}, {@code state_file} while etcd has not
     *     told since the start, {@code nobody} if that file did not either; null from an older program
     * @param store what Patroni keeps in etcd; null where that is not watched
     */
    public record Cluster(
            String name,
            @Nullable String systemIdentifier,
            @Nullable String primary,
            long routingTableVersion,
            @Nullable String nodesFrom,
            @Nullable Store store) {}

    /**
     * How well it is known what Patroni keeps in etcd.
     *
     * @param state {@code beginning}, {@code watching}, {@code interrupted} or {@code lost}
     * @param ageSeconds since etcd last told the keys or a change of them; null if it never has
     * @param changes of keys that were heard of since the start
     * @param restarts how often the watch was begun anew
     * @param leaderKey the member that the leader key names; null where there is none, or nobody knows
     */
    public record Store(
            String state, @Nullable Double ageSeconds, long changes, long restarts, @Nullable String leaderKey) {}

    /**
     * One address that clients connect to.
     *
     * @param bound whether it accepts connections
     * @param route the configuration's word for it, such as {@code primary}
     * @param sessions connected to a backend now
     * @param parked waiting for a backend now
     * @param rules what the configuration says beside that, a {@code key: value} each
     */
    public record Listener(
            String name,
            String bind,
            boolean bound,
            String route,
            long sessions,
            long parked,
            Targets targets,
            List<String> rules) {
        /** An older program tells none, and then the reader passes null. */
        public Listener {
            rules = rules == null ? List.of() : List.copyOf(rules);
        }
    }

    /**
     * Where new sessions of a listener go.
     *
     * @param nodes the best first; empty while new sessions have to wait
     * @param waitingBecause why nobody can be had; null while somebody can
     * @param waitingSeconds since when; null while somebody can
     */
    public record Targets(List<String> nodes, @Nullable String waitingBecause, @Nullable Double waitingSeconds) {
        public Targets {
            nodes = List.copyOf(nodes);
        }
    }

    /**
     * One PostgreSQL node.
     *
     * @param address host, as configured, and port of its PostgreSQL
     * @param state what the checks make of it, a word of health's {@code NodeState} in lower case
     * @param role in which it last said yes: {@code primary}, {@code replica}, {@code standby_leader} or {@code none}
     * @param sinceSeconds how long it has been in this state and role
     * @param reason the answer, or the lack of one, behind the state
     * @param sessions of this proxy that it serves now
     * @param weight its share of sessions beside the other nodes' weights
     * @param answer what it last said; null until it has answered once
     */
    public record Node(
            String name,
            String address,
            String state,
            String role,
            double sinceSeconds,
            String reason,
            long sessions,
            int weight,
            Lag lag,
            @Nullable Answer answer) {}

    /**
     * How far a replica is behind; null where nothing was measured.
     *
     * @param bytes of WAL that it has not replayed yet
     * @param seconds since the primary passed the position that it has replayed
     */
    public record Lag(@Nullable Long bytes, @Nullable Double seconds) {}

    /**
     * A node's own words, from Patroni's REST API.
     *
     * @param ageSeconds time since the answer came
     * @param paused whether automatic failover is switched off
     */
    public record Answer(
            double ageSeconds,
            @Nullable Long timeline,
            @Nullable String patroniVersion,
            boolean paused,
            boolean pendingRestart,
            boolean noLoadBalance) {}

    /**
     * Something that can be used up.
     *
     * @param name such as {@code sessions}
     */
    public record Limit(String name, long used, long max) {}

    /**
     * The virtual addresses, which one of several instances has.
     *
     * @param self what the others know this instance by
     * @param state {@code standby}, {@code claim}, {@code probe} or {@code hold}
     * @param etcdAnswers whether etcd has told within the last second who has them
     * @param holder who has them, as etcd told last; null if nobody, or if it has told nothing yet
     * @param othersRecorded the members by the record in etcd, if they are not those configured here; else empty
     * @param authority what allows this instance to have them: {@code etcd}, {@code peers}, or null if nothing does
     * @param leftSeconds until that has to be renewed; null without it
     * @param trouble why this instance would not take them, or is not fit to have them, or null
     * @param conflicts how often somebody else said to have them
     * @param moving whether this instance is handing them over
     */
    public record Vip(
            List<String> addresses,
            String self,
            String state,
            double sinceSeconds,
            Boolean etcdAnswers,
            @Nullable String holder,
            List<String> othersRecorded,
            @Nullable String authority,
            @Nullable Double leftSeconds,
            @Nullable String trouble,
            long conflicts,
            boolean moving,
            List<Peer> peers) {
        /** An older program tells nothing of etcd and of the record, and then the reader passes null. */
        public Vip {
            addresses = List.copyOf(addresses);
            etcdAnswers = etcdAnswers == null || etcdAnswers;
            othersRecorded = othersRecorded == null ? List.of() : List.copyOf(othersRecorded);
            peers = List.copyOf(peers);
        }

        /** Whether this instance has them. */
        boolean here() {
            return state.equals("hold");
        }
    }

    /**
     * Another instance that may have the virtual addresses.
     *
     * @param heard whether it was heard within the last half second
     */
    public record Peer(String name, boolean heard) {}
}
