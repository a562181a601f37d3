package io.pgproxy.it;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Sessions that stay and ask something ten times a second; client/sessions.py. */
final class Sessions {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration DEADLINE = Duration.ofSeconds(60);

    private final Running running;
    private final int count;

    private Sessions(Running running, int count) {
        this.running = running;
        this.count = count;
    }

    /** Returns when all are open. */
    static Sessions open(Host client, String dsn, int count) {
        Sessions sessions =
                new Sessions(client.start("python3", "/it/sessions.py", dsn, Integer.toString(count)), count);
        Eventually.until(
                count + " sessions are open: " + dsn,
                DEADLINE,
                () -> sessions.with("open").size() == count,
                () -> "\n" + sessions.running.lines());
        return sessions;
    }

    List<Session> opened() {
        return with("open");
    }

    List<Session> ended() {
        return with("ended");
    }

    void awaitAllEnded() {
        Eventually.until(count + " sessions have ended", DEADLINE, () -> ended().size() == count);
    }

    /** Stops them; those that were well to the end, by the same words as {@link #opened} if they are the same. */
    List<Session> stop() {
        running.stop();
        return with("well");
    }

    private List<Session> with(String event) {
        return running.lines().stream()
                .filter(line -> !line.isBlank())
                .map(Sessions::parse)
                .filter(line -> line.event().equals(event))
                .map(Line::session)
                .toList();
    }

    private static Line parse(String line) {
        try {
            return JSON.readValue(line, Line.class);
        } catch (JsonProcessingException e) {
            throw new AssertionError("not what sessions.py says: " + line, e);
        }
    }

    private record Line(
            int number,
            String event,
            int pid,
            @Nullable String start,
            @Nullable String server,
            @Nullable String error) {
        Session session() {
            return new Session(number, pid, text(start), text(server), text(error));
        }

        private static String text(@Nullable String value) {
            return value == null ? "" : value;
        }
    }

    /**
     * One of them, as PostgreSQL sees it. Immutable.
     *
     * @param start backend_start
     * @param server inet_server_addr
     * @param error what ended it
     */
    record Session(int number, int pid, String start, String server, String error) {}
}
