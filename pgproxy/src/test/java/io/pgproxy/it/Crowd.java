package io.pgproxy.it;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Sessions that are opened one after another and kept, as many as are let in; client/crowd.py. */
final class Crowd implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Running running;
    private final List<Guest> guests;

    private Crowd(Running running, List<Guest> guests) {
        this.running = running;
        this.guests = guests;
    }

    /** Returns when each is in or was refused. */
    static Crowd come(Host client, String dsn, int count) {
        Running running = client.start("python3", "/it/crowd.py", dsn, Integer.toString(count));
        List<String> lines = Eventually.until(
                count + " have come: " + dsn, Duration.ofSeconds(90), running::lines, all -> all.size() == count);
        return new Crowd(running, lines.stream().map(Crowd::parse).toList());
    }

    /** The servers' addresses of those that are in, in the order of their coming. */
    List<String> servers() {
        return guests.stream()
                .map(Guest::server)
                .filter(server -> !server.isEmpty())
                .toList();
    }

    /** How many are on each server. */
    Map<String, Long> byServer() {
        return servers().stream().collect(Collectors.groupingBy(server -> server, Collectors.counting()));
    }

    /** What those were told who are not in. */
    List<String> refusals() {
        return guests.stream()
                .map(Guest::error)
                .filter(error -> !error.isEmpty())
                .toList();
    }

    /** All leave, and this returns when they have. */
    @Override
    public void close() {
        running.stop();
    }

    private static Guest parse(String line) {
        try {
            return JSON.readValue(line, Guest.class);
        } catch (JsonProcessingException e) {
            throw new AssertionError("not what crowd.py says: " + line, e);
        }
    }

    private record Guest(int number, String server, String error) {}
}
