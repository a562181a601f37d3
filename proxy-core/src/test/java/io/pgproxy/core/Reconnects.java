package io.pgproxy.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.pgproxy.config.ListenerConfig;
import io.pgproxy.config.ListenerConfig.Balance;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.function.Function;

/** 300 clients, a few relay loops, and replicas of which the last one is away at first. Time is simulated. */
final class Reconnects {
    private static final int CLIENTS = 300;
    private static final long SECOND_NANOS = 1_000_000_000;
    /** Between two clients that reconnect by themselves: each of them does so every six seconds. */
    private static final long CHURN_NANOS = SECOND_NANOS / 50;

    private static final Duration SLOW_START = Duration.ofSeconds(30);

    private final String world;
    private final int[] weights;
    private final SplittableRandom random;
    private final NodeLoad load;
    private final List<Balancer> loops = new ArrayList<>();
    private final String[] nodeOf = new String[CLIENTS];
    private final List<Choice> choices = new ArrayList<>();
    private List<Candidate> candidates;
    private long nowNanos = 5 * SECOND_NANOS;

    private record Choice(long atNanos, String node) {}

    Reconnects(Balance balance, int[] weights, int loops, long seed, Function<ListenerConfig, FairShare> fairShare) {
        this.world = balance + ", weights " + Arrays.toString(weights) + ", loops " + loops + ", seed " + seed;
        this.weights = weights;
        this.random = new SplittableRandom(seed);
        this.load = new NodeLoad(List.of(), new SimpleMeterRegistry());
        var listener = Settings.listener("replicas", "127.0.0.1", 5433).withBalance(balance);
        for (int i = 0; i < loops; i++) {
            this.loops.add(new Balancer(
                    Balancer.rule(listener, load, random.split()),
                    new SlowStart(SLOW_START),
                    fairShare.apply(listener)));
        }
        this.candidates = candidates(weights.length - 1);
        for (int client = 0; client < CLIENTS; client++) {
            connect(client);
        }
        churnFor(10);
        choices.clear();
    }

    private List<Candidate> candidates(int count) {
        List<Candidate> list = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            list.add(candidate(i, OptionalLong.empty()));
        }
        return List.copyOf(list);
    }

    private Candidate candidate(int index, OptionalLong eligibleSinceNanos) {
        var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 5432);
        return new Candidate("node" + index, address, Role.REPLICA, 0, weights[index], eligibleSinceNanos);
    }

    private String returned() {
        return "node" + (weights.length - 1);
    }

    void replicaReturns() {
        List<Candidate> all = new ArrayList<>(candidates);
        all.add(candidate(weights.length - 1, OptionalLong.of(nowNanos)));
        candidates = List.copyOf(all);
    }

    /** Every session is gone before the first client is back. */
    void allReconnectAtOnce() {
        for (int client = 0; client < CLIENTS; client++) {
            disconnect(client);
        }
        for (int client = 0; client < CLIENTS; client++) {
            connect(client);
        }
    }

    /** A client is back before the next one leaves. */
    void allReconnectOneByOne(int perSecond) {
        for (int client = 0; client < CLIENTS; client++) {
            disconnect(client);
            connect(client);
            nowNanos += SECOND_NANOS / perSecond;
        }
    }

    /** Nobody does anything. */
    void waitFor(int seconds) {
        nowNanos += seconds * SECOND_NANOS;
    }

    /** All the time one client or another, whichever, gives its session up for a new one. */
    void churnFor(int seconds) {
        long end = nowNanos + seconds * SECOND_NANOS;
        while (nowNanos < end) {
            int client = random.nextInt(CLIENTS);
            disconnect(client);
            connect(client);
            nowNanos += CHURN_NANOS;
        }
    }

    private void disconnect(int client) {
        load.remove(nodeOf[client]);
    }

    private void connect(int client) {
        Balancer balancer = loops.get(random.nextInt(loops.size()));
        String node = balancer.choose(candidates, any -> true, InetAddress.getLoopbackAddress(), nowNanos)
                .orElseThrow()
                .node();
        load.add(node);
        nodeOf[client] = node;
        choices.add(new Choice(nowNanos, node));
    }

    int sessionsOfTheReturned() {
        return load.on(returned());
    }

    /** In every second that begins with a new session. */
    void assertFair() {
        int end = 0;
        int ofReturned = 0;
        for (int begin = 0; begin < choices.size(); begin++) {
            while (end < choices.size()
                    && choices.get(end).atNanos() - choices.get(begin).atNanos() < SECOND_NANOS) {
                ofReturned += isOfReturned(choices.get(end++));
            }
            assertFair(ofReturned, end - begin);
            ofReturned -= isOfReturned(choices.get(begin));
        }
    }

    private int isOfReturned(Choice choice) {
        return choice.node().equals(returned()) ? 1 : 0;
    }

    /** Each loop may be ahead by one session; a crowd is so many that what a node does not get of it pays for that. */
    private void assertFair(int ofReturned, int all) {
        double rounding = all < CLIENTS ? loops.size() : 0;
        assertThat((double) ofReturned)
                .as("of %s new sessions in a second; %s", all, world)
                .isLessThanOrEqualTo(2 * share() * all + rounding);
    }

    private double share() {
        return (double) weights[weights.length - 1] / Arrays.stream(weights).sum();
    }

    /** Chance alone makes a node's sessions vary by some ten. */
    void assertLevel() {
        double fair = CLIENTS * share();
        assertThat((double) sessionsOfTheReturned()).as(world).isBetween(fair - 30, fair + 30);
    }
}
