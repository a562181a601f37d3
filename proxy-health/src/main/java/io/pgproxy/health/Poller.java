package io.pgproxy.health;

import io.pgproxy.config.NodeConfig;
import io.pgproxy.health.ask.NodeAddress;
import io.pgproxy.health.ask.Probe;
import io.pgproxy.health.decide.Hurries;
import io.pgproxy.health.decide.ProbeOutcome;
import io.pgproxy.health.decide.ProbeOutcome.Kind;
import io.pgproxy.health.decide.ProbeResult;
import java.net.InetAddress;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;

/** Asks one node, at most one request at a time. Confined to the control thread. */
final class Poller {
    private final NodeConfig node;
    private final NodeAddress address;
    private final Probe probe;
    private final Neighbours neighbours;
    private final Executor control;
    private final LongSupplier clock;

    private boolean inFlight;
    private boolean retired;
    private long hurriedNanos = Long.MAX_VALUE;
    private Hurries hurries;
    private OptionalLong lastAskedNanos = OptionalLong.empty();

    Poller(
            NodeConfig node,
            NodeAddress address,
            Probe probe,
            Neighbours neighbours,
            Executor control,
            LongSupplier clock) {
        this.node = node;
        this.neighbours = neighbours;
        this.address = address;
        this.probe = probe;
        this.control = control;
        this.clock = clock;
        this.hurries = Hurries.all(clock.getAsLong());
    }

    String name() {
        return node.name();
    }

    /** Nobody is asked any more, and an answer that is under way is nobody's. */
    void retire() {
        retired = true;
    }

    /** It asks the same node elsewhere: what is left of that one's hurries is left of its own. */
    void succeeds(Poller before) {
        hurries = before.hurries;
    }

    NodeAddress address() {
        return address;
    }

    /**
     * Makes the next check due that long after the start of the last one, this once. Where a check is under way, another
     * one follows: the answer may have been made before what it is to tell. Does nothing once that has been so often that
     * it tells of a flood.
     */
    void hurry(long pauseNanos) {
        hurries = hurries.at(clock.getAsLong());
        if (hurriedNanos == Long.MAX_VALUE && hurries.areLeft()) {
            hurries = hurries.spent();
            hurriedNanos = pauseNanos;
        }
    }

    /**
     * Asks, unless a check is under way or the last one began less than that long ago. The listener gets the name and
     * the result in a later turn of the control thread.
     */
    void askIfDue(long pauseNanos, BiConsumer<String, ProbeResult> listener) {
        long now = clock.getAsLong();
        boolean due = lastAskedNanos.isEmpty() || now - lastAskedNanos.getAsLong() >= pause(pauseNanos);
        if (inFlight || !due || !address.isSettled()) {
            return;
        }
        inFlight = true;
        hurriedNanos = Long.MAX_VALUE;
        lastAskedNanos = OptionalLong.of(now);
        Optional<InetAddress> target = address.current();
        ask(target)
                .thenAcceptAsync(
                        answer -> {
                            inFlight = false;
                            if (retired) {
                                return;
                            }
                            ProbeOutcome outcome = target.map(asked -> neighbours.judged(node, asked, answer))
                                    .orElse(answer);
                            target.ifPresent(asked -> address.checked(asked, outcome.kind()));
                            listener.accept(name(), new ProbeResult(outcome, target, now, clock.getAsLong()));
                        },
                        control);
    }

    /** How long until the next check is due; one that is under way makes itself heard. */
    long dueInNanos(long pauseNanos) {
        return inFlight || lastAskedNanos.isEmpty()
                ? Long.MAX_VALUE
                : lastAskedNanos.getAsLong() + pause(pauseNanos) - clock.getAsLong();
    }

    private long pause(long pauseNanos) {
        return Math.min(pauseNanos, hurriedNanos);
    }

    private CompletionStage<ProbeOutcome> ask(Optional<InetAddress> target) {
        if (target.isEmpty()) {
            return CompletableFuture.completedFuture(
                    ProbeOutcome.failed(Kind.UNRESOLVED, "cannot resolve " + node.host()));
        }
        Optional<ProbeOutcome> taken = neighbours.taken(node, target.get());
        return taken.isPresent() ? CompletableFuture.completedFuture(taken.get()) : probe.ask(node, target.get());
    }
}
