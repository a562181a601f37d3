package io.pgproxy;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * TERM and INT ask for a stop, and the second one takes it; HUP, which would end a JVM by default, does nothing.
 * Safe from any thread; the JVM runs the handlers on threads of their own.
 *
 * <p>What the parent process ignores, as a script does with INT for its background jobs, the JVM leaves ignored.
 */
final class StopSignals {
    private static final Logger LOG = LoggerFactory.getLogger(StopSignals.class);
    /** What a shell adds to a signal's number to make an exit code of it. */
    private static final int EXIT_CODE_BASE = 128;

    private static final int TERM = 15;
    private static final int INT = 2;

    private final CompletableFuture<Void> asked = new CompletableFuture<>();
    private final AtomicBoolean stopping = new AtomicBoolean();

    /** Takes the three signals over from the JVM, whose shutdown hooks can neither tell a second one nor ignore HUP. */
    static StopSignals install() {
        StopSignals signals = new StopSignals();
        OsSignal.handle("TERM", () -> signals.stop("TERM", TERM));
        OsSignal.handle("INT", () -> signals.stop("INT", INT));
        OsSignal.handle(
                "HUP", () -> LOG.info("HUP: there is no reload; restart the program to apply a changed configuration"));
        return signals;
    }

    /** Completes with the first TERM or INT. */
    CompletionStage<Void> asked() {
        return asked;
    }

    private void stop(String name, int number) {
        if (stopping.compareAndSet(false, true)) {
            LOG.info("{}: stopping; another one ends the program at once", name);
            asked.complete(null);
        } else {
            LOG.warn("{} again: ending at once", name);
            Logging.flush();
            Runtime.getRuntime().halt(EXIT_CODE_BASE + number);
        }
    }
}
