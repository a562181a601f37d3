package io.pgproxy;

import io.pgproxy.core.ProxyServer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether this instance could serve clients if it had the virtual addresses, looked at all the time. On a thread of its
 * own, which waits for nobody: what does not answer in time is the finding.
 */
final class Fitness implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Fitness.class);
    private static final long INTERVAL_MILLIS = 200;
    /** A loop that turns does so in microseconds, and a collection of its small heap takes milliseconds. */
    private static final Duration TURN_PATIENCE = Duration.ofSeconds(1);
    /**
     * While strangers fill the queue of those who wait to be accepted, a call of ours is dropped, and made again by the
     * kernel 1 s later: that is no reason to end everybody's session, and on the other host they would do the same.
     */
    private static final Duration ACCEPT_PATIENCE = Duration.ofSeconds(5);

    private static final Duration STOOD_STILL = Duration.ofSeconds(1);
    private static final Duration CALL_TIMEOUT = Duration.ofSeconds(1);

    private final ProxyServer proxy;
    private final BooleanSupplier networkIsReachable;
    private final WritesInSight writes;
    private final Consumer<Finding> told;
    private final Sign turning = new Sign(TURN_PATIENCE, "a relay loop has not turned", System.nanoTime());
    private final Sign answering = new Sign(ACCEPT_PATIENCE, "a listener has not answered", System.nanoTime());
    private final Sign accepting =
            new Sign(ACCEPT_PATIENCE, "connections could not be accepted, for want of descriptors", System.nanoTime());
    private final Question turns = new Question(turning);
    private final Question answers = new Question(answering);
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread made = new Thread(task, "fitness");
        made.setDaemon(true);
        return made;
    });
    private long lookedNanos = System.nanoTime();
    private Optional<String> lastObjection = Optional.of("not looked at yet");

    /**
     * What was found.
     *
     * @param reason why not, if it is not fit
     * @param primaryInSight whether clients that write would find a node; not a matter of fitness, since no other
     *     instance may see one either
     */
    record Finding(boolean fit, String reason, boolean primaryInSight) {}

    /** @param told every time it was looked */
    Fitness(ProxyServer proxy, BooleanSupplier networkIsReachable, WritesInSight writes, Consumer<Finding> told) {
        this.proxy = proxy;
        this.networkIsReachable = networkIsReachable;
        this.writes = writes;
        this.told = told;
    }

    void start() {
        lookedNanos = System.nanoTime();
        forgive(lookedNanos);
        thread.scheduleWithFixedDelay(this::look, 0, INTERVAL_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void look() {
        try {
            long now = System.nanoTime();
            if (now - lookedNanos > STOOD_STILL.toNanos()) {
                forgive(now);
            }
            lookedNanos = now;
            turns.ask(proxy::turns);
            answers.ask(() -> proxy.answers(CALL_TIMEOUT));
            if (!proxy.hasFailedToAccept(CALL_TIMEOUT)) {
                accepting.seen(now);
            }
            Optional<String> objection = objection(now);
            if (!objection.equals(lastObjection)) {
                objection.ifPresentOrElse(
                        why -> LOG.warn("not fit for the virtual address: {}", why),
                        () -> LOG.info("fit for the virtual address"));
                lastObjection = objection;
            }
            told.accept(new Finding(objection.isEmpty(), objection.orElse(""), writes.isSeen()));
        } catch (RuntimeException | Error e) { // else it would never be looked again, and the last finding stand
            LOG.error("cannot tell whether this instance is fit for the virtual address", e);
            tellThatNothingCanBeTold();
        }
    }

    private void tellThatNothingCanBeTold() {
        try {
            told.accept(new Finding(false, "its fitness can't be told", false));
        } catch (RuntimeException | Error e) {
            LOG.error("nobody can be told either", e);
        }
    }

    private Optional<String> objection(long nowNanos) {
        if (!proxy.isBound()) {
            return Optional.of("not every listener is bound");
        }
        if (!networkIsReachable.getAsBoolean()) {
            return Optional.of(
                    "the interface of the virtual address has no link, or the kernel's news of it cannot be read");
        }
        return turning.objection(nowNanos)
                .or(() -> accepting.objection(nowNanos))
                .or(() -> answering.objection(nowNanos));
    }

    /** Who stood still himself can't accuse others of it. */
    private void forgive(long nowNanos) {
        turning.seen(nowNanos);
        answering.seen(nowNanos);
        accepting.seen(nowNanos);
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }

    /** Asks for a sign, one question at a time; the answer may come on any thread. */
    private static final class Question {
        private final Sign sign;
        private final AtomicBoolean open = new AtomicBoolean();

        Question(Sign sign) {
            this.sign = sign;
        }

        void ask(Supplier<CompletionStage<Void>> question) {
            if (!open.compareAndSet(false, true)) {
                return;
            }
            try {
                question.get().whenComplete((nothing, thrown) -> answered(Optional.ofNullable(thrown)));
            } catch (RejectedExecutionException e) {
                answered(Optional.of(e));
            }
        }

        private void answered(Optional<Throwable> failure) {
            failure.ifPresentOrElse(
                    thrown -> sign.missed(String.valueOf(thrown.getMessage())), () -> sign.seen(System.nanoTime()));
            open.set(false);
        }
    }
}
