package io.pgproxy.vip.machine.sim;

import io.pgproxy.vip.machine.EtcdAnswer;
import io.pgproxy.vip.machine.EtcdCall;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** etcd as a whole: the store, and whether it can be reached through a leader that works. */
final class EtcdCluster {
    private static final long EXPIRY_POLL_NANOS = 500 * Span.MILLI;
    static final long ELECTION_NANOS = Span.SECOND;

    private final Agenda agenda;
    private final Chance chance;
    private final HostClock clock;
    private final Trace trace;
    private final Unreliability unreliability;
    private final EtcdStore store = new EtcdStore();
    private final List<Deferred> deferred = new ArrayList<>();
    /** By client, the term of the leader that it talks to. */
    private final Map<Integer, Long> staleTerms = new HashMap<>();

    private final List<Runnable> watchers = new ArrayList<>();
    private Map<Long, Long> staleTtlSeconds = Map.of();
    private boolean staleLeaderForwardsReads;
    private int reasonsToBeDown;
    private long grantedExtraSeconds;
    private Optional<Long> keyRevision = Optional.empty();

    EtcdCluster(Agenda agenda, Chance chance, HostClock clock, Trace trace, Unreliability unreliability) {
        this.agenda = agenda;
        this.chance = chance;
        this.clock = clock;
        this.trace = trace;
        this.unreliability = unreliability;
        agenda.in(chance.between(0, EXPIRY_POLL_NANOS), this::pollExpiry);
    }

    /** What waits for a leader that works. */
    private record Deferred(int client, Runnable task) {}

    /** How calls fare that etcd could serve; changes during a run. */
    static final class Unreliability {
        double fails;
        double answerLost;
        double executedLate;
        double executedTwice;
        long latestNanos = Span.SECOND;

        void clears() {
            fails = 0;
            answerLost = 0;
            executedLate = 0;
            executedTwice = 0;
        }
    }

    void watch(Runnable keyMoved) {
        watchers.add(keyMoved);
    }

    void grantsLonger(long extraSeconds) {
        grantedExtraSeconds = extraSeconds;
    }

    /** A call of that client has arrived. */
    void handle(int client, EtcdCall call, Consumer<EtcdAnswer> reply) {
        Long staleTerm = staleTerms.get(client);
        if (staleTerm != null && call instanceof EtcdCall.KeepAlive keepAlive) {
            long ttlSeconds = staleTtlSeconds.getOrDefault(keepAlive.lease(), 0L);
            reply.accept(new EtcdAnswer.KeptAlive(ttlSeconds, staleTerm));
        } else if (reasonsToBeDown > 0 || (staleTerm != null && !staleLeaderForwardsReads)) {
            unserved(client, call, reply);
        } else {
            served(call, reply);
        }
    }

    private void unserved(int client, EtcdCall call, Consumer<EtcdAnswer> reply) {
        switch (chance.below(3)) {
            case 0 -> agenda.in(chance.between(0, 20 * Span.MILLI), () -> reply.accept(failed("unavailable")));
            case 1 -> deferred.add(new Deferred(client, () -> execute(call, reply)));
            default -> trace.say(() -> "etcd leaves hanging " + call);
        }
    }

    private void served(EtcdCall call, Consumer<EtcdAnswer> reply) {
        if (chance.with(unreliability.fails)) {
            reply.accept(failed("too many requests"));
        } else if (chance.with(unreliability.executedLate)) {
            long delayNanos = chance.between(0, unreliability.latestNanos);
            agenda.in(delayNanos, () -> execute(call, reply));
        } else if (chance.with(unreliability.answerLost)) {
            boolean errorInstead = chance.with(0.5);
            execute(call, answer -> {
                if (errorInstead) {
                    reply.accept(failed("leader changed"));
                }
            });
        } else {
            execute(call, reply);
            if (chance.with(unreliability.executedTwice)) {
                agenda.in(chance.between(0, unreliability.latestNanos), () -> execute(call, reply));
            }
        }
    }

    private void execute(EtcdCall call, Consumer<EtcdAnswer> reply) {
        long ttlSeconds = call instanceof EtcdCall.Grant grant ? grant.ttlSeconds() + grantedExtraSeconds : 0;
        if (reasonsToBeDown > 0) {
            return;
        }
        EtcdAnswer answer = store.execute(call, ttlSeconds, clock.nowNanos());
        if (!(call instanceof EtcdCall.Read)) {
            trace.say(() -> "etcd executes " + call + " -> " + answer);
        }
        noticeKey();
        reply.accept(answer);
    }

    private static EtcdAnswer failed(String why) {
        return new EtcdAnswer.Failed(why);
    }

    private void pollExpiry() {
        if (reasonsToBeDown == 0) {
            store.expireLeases(clock.nowNanos());
            noticeKey();
        }
        agenda.in(EXPIRY_POLL_NANOS, this::pollExpiry);
    }

    private void noticeKey() {
        Optional<Long> now = store.keyRevision();
        if (!now.equals(keyRevision)) {
            keyRevision = now;
            trace.say(() -> "etcd key "
                    + now.map(revision -> "has revision " + revision).orElse("is gone"));
            watchers.forEach(Runnable::run);
        }
    }

    /** No quorum, or no leader: nothing is served until as many come back. */
    void goesDown() {
        reasonsToBeDown++;
        trace.say(() -> "etcd serves nobody");
    }

    void comesBack() {
        reasonsToBeDown--;
        if (reasonsToBeDown == 0) {
            trace.say(() -> "etcd serves again, with a new leader");
            store.newLeader(ELECTION_NANOS, clock.nowNanos());
            runDeferred();
        }
    }

    /** For those who talk to the real leader. */
    private void runDeferred() {
        List<Deferred> now = deferred.stream()
                .filter(one -> !staleTerms.containsKey(one.client()))
                .toList();
        deferred.removeAll(now);
        now.forEach(one -> agenda.in(chance.between(0, 50 * Span.MILLI), one.task()));
    }

    /**
     * That client talks to a leader which was replaced and does not know it: it answers keep-alives, and nothing of them
     * reaches the store.
     *
     * @param forwardsReads whether the client's other calls reach the real leader
     */
    void getsStaleLeader(int client, boolean forwardsReads) {
        staleTerms.putIfAbsent(client, store.term());
        staleLeaderForwardsReads = forwardsReads;
        staleTtlSeconds = store.ttlSeconds();
        store.newLeader(ELECTION_NANOS, clock.nowNanos());
        trace.say(() -> "etcd's leader is stale for host " + client);
    }

    void losesStaleLeader(int client) {
        staleTerms.remove(client);
        trace.say(() -> "etcd's leader is real again for host " + client);
        runDeferred();
    }

    void keyDeletedByOperator() {
        trace.say(() -> "an operator deletes the key");
        store.deleteKey();
        noticeKey();
    }

    void wiped() {
        trace.say(() -> "etcd loses everything");
        store.wipe();
        noticeKey();
    }
}
