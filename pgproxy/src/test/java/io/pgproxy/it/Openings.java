package io.pgproxy.it;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;

/** Sessions that are opened one after another at a pace while something happens; client/openings.py. */
final class Openings {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Running running;

    private Openings(Running running) {
        this.running = running;
    }

    static Openings start(Host client, String dsn, int count, Duration every) {
        String seconds = String.format(Locale.ROOT, "%.3f", every.toMillis() / 1000.0);
        return new Openings(client.start("python3", "/it/openings.py", dsn, Integer.toString(count), seconds));
    }

    /** Waits until that many are over. */
    void awaitOver(int count) {
        Eventually.until(
                count + " openings are over",
                Duration.ofSeconds(60),
                () -> over().size() >= count,
                () -> "\n" + running.lines());
    }

    /** Those that are over. */
    List<Opening> over() {
        return running.lines().stream()
                .map(line -> Openings.parse(() -> JSON.readValue(line, Opening.class)))
                .toList();
    }

    /** All, after the last is over. */
    List<Opening> await() {
        running.await(Duration.ofMinutes(3)).orFail();
        return over();
    }

    private static <T> T parse(Callable<T> parser) {
        try {
            return parser.call();
        } catch (JsonProcessingException e) {
            throw new AssertionError("not what openings.py says", e);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * How one went. Immutable.
     *
     * @param connected whether the session was open before whatever else happened to it
     * @param server the address of the PostgreSQL that served it
     * @param error empty if all went well
     */
    record Opening(int number, boolean connected, String server, boolean writable, String error, double seconds) {
        boolean ok() {
            return error.isEmpty();
        }

        /**
         * As PostgreSQL itself ends who has been let in, in a fast shutdown: with these words, or without a word who is
         * still logging in; the proxy may be the one to tell.
         */
        boolean endedAsByPostgres() {
            return error.contains("terminating connection due to administrator command")
                    || error.contains("ends, role lost")
                    || error.contains("server closed the connection unexpectedly");
        }
    }
}
