package io.pgproxy.core;

import java.net.InetAddress;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lets clients in by the addresses that may move, or sends them away, on all loops. Safe from any thread. */
final class AddressMoves {
    private static final Logger LOG = LoggerFactory.getLogger(AddressMoves.class);

    private final MovableAddresses movable;
    private final Collection<RelayLoop> loops;
    private final Supplier<CompletionStage<Void>> acceptance;

    /** @param acceptance completes when whoever has called by now was accepted, or fails soon */
    AddressMoves(MovableAddresses movable, Collection<RelayLoop> loops, Supplier<CompletionStage<Void>> acceptance) {
        this.movable = movable;
        this.loops = loops;
        this.acceptance = acceptance;
    }

    void close(Set<InetAddress> addresses) {
        movable.close(movable.known(addresses));
    }

    void open(Set<InetAddress> addresses) {
        Set<InetAddress> opened = movable.known(addresses);
        movable.open(opened);
        loops.forEach(loop -> loop.execute(() -> loop.visitors().stay(opened)));
    }

    CompletionStage<Void> end(Set<InetAddress> addresses, Duration drain) {
        Set<InetAddress> leaving = movable.known(addresses);
        boolean wereClosed = movable.areClosed(leaving);
        movable.close(leaving); // visible before any loop looks for whom to end
        long begunNanos = System.nanoTime();
        return depart(leaving, drain.toNanos())
                .thenCompose(sessions -> endTheUnaccepted(leaving).thenAccept(more -> {
                    if (!movable.areClosed(leaving)) {
                        throw new CancellationException(
                                "clients are let in again by " + MovableAddresses.text(leaving));
                    }
                    if (sessions + more > 0 || !wereClosed) {
                        log(leaving, sessions + more, begunNanos);
                    }
                }));
    }

    /**
     * While thousands end, thousands call again. The kernel keeps them until the loops have time, and acknowledges
     * what they send: a client whose first words are taken so would wait for an answer that nobody gives any more. So
     * whoever has called by now is accepted, and reset, before the address may go.
     */
    private CompletionStage<Integer> endTheUnaccepted(Set<InetAddress> addresses) {
        return acceptance
                .get()
                .handle((accepted, failure) -> Optional.ofNullable(failure))
                .thenCompose(failure -> {
                    failure.ifPresent(cause -> LOG.warn(
                            "{} goes although callers may not have been told: {}",
                            MovableAddresses.text(addresses),
                            PrintableText.of(String.valueOf(cause.getMessage()))));
                    return depart(addresses, 0);
                });
    }

    private static void log(Set<InetAddress> addresses, int sessions, long begunNanos) {
        long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begunNanos);
        LOG.info(
                "nobody is left who came by {}: ended {} sessions, after {} ms",
                MovableAddresses.text(addresses),
                sessions,
                millis);
    }

    private CompletionStage<Integer> depart(Set<InetAddress> addresses, long drainNanos) {
        CompletionStage<Integer> sum = CompletableFuture.completedFuture(0);
        List<CompletionStage<Integer>> ends =
                loops.stream().map(loop -> loop.depart(addresses, drainNanos)).toList();
        for (CompletionStage<Integer> end : ends) {
            sum = sum.thenCombine(end, Integer::sum);
        }
        return sum;
    }
}
