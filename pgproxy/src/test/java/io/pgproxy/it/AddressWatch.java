package io.pgproxy.it;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Who has which address when, from the kernel's own events in the hosts' networks; lab/measurements/host/watch_addresses.py,
 * which hears all of them over one socket, so that their order is the kernel's. It runs on the machine and needs root.
 */
final class AddressWatch implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path MEASUREMENTS = Path.of("..", "lab", "measurements");
    private static final int LONGEST_SECONDS = 3600;

    private final Path folder;
    private final Process process;

    /** One change of one host's addresses; {@code present} tells what it was about. */
    private record Change(String host, boolean present) {}

    private AddressWatch(Path folder, Process process) {
        this.folder = folder;
        this.process = process;
    }

    /** Returns when it watches. */
    static AddressWatch start(List<Host> hosts) throws IOException {
        Path folder = Files.createTempDirectory("pgproxy-it-watch");
        List<String> command = new ArrayList<>(List.of(
                "python3",
                MEASUREMENTS.resolve("host/watch_addresses.py").toString(),
                folder.toString(),
                Integer.toString(LONGEST_SECONDS)));
        hosts.forEach(host -> command.add(host.name() + "=" + host.machineProcess()));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("output").toFile());
        builder.environment().put("PYTHONPATH", MEASUREMENTS.resolve("host") + ":" + MEASUREMENTS.resolve("client"));
        builder.environment().put("PYTHONDONTWRITEBYTECODE", "1");
        AddressWatch watch = new AddressWatch(folder, builder.start());
        Eventually.until(
                "the watch of addresses has begun",
                Duration.ofSeconds(10),
                () -> watch.records().size() >= hosts.size(),
                watch::output);
        return watch;
    }

    private String output() {
        try {
            return "\n" + Files.readString(folder.resolve("output"));
        } catch (IOException e) {
            return "\n" + e;
        }
    }

    /** Whole lines of its journal. */
    private List<JsonNode> records() {
        Path journal = folder.resolve("addresses.jsonl");
        List<JsonNode> records = new ArrayList<>();
        try {
            String text = Files.exists(journal) ? Files.readString(journal) : "";
            for (String line :
                    text.substring(0, text.lastIndexOf('\n') + 1).lines().toList()) {
                records.add(JSON.readTree(line));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return records;
    }

    private List<Change> changes(String address) {
        if (!process.isAlive()) {
            throw new AssertionError("the watch has ended:" + output());
        }
        List<Change> changes = new ArrayList<>();
        for (JsonNode one : records()) {
            if (one.has("error")) {
                throw new AssertionError("the watch missed something: " + one);
            }
            Change change = change(one, address);
            if (change != null) {
                changes.add(change);
            }
        }
        return changes;
    }

    private static @Nullable Change change(JsonNode one, String address) {
        String host = one.path("host").asText();
        return switch (one.path("change").asText()) {
            case "start" -> {
                List<String> addresses = new ArrayList<>();
                one.path("addresses").forEach(listed -> addresses.add(listed.asText()));
                yield addresses.contains(address) ? new Change(host, true) : null;
            }
            case "new" -> one.path("address").asText().equals(address) ? new Change(host, true) : null;
            case "gone" -> one.path("address").asText().equals(address) ? new Change(host, false) : null;
            default -> null;
        };
    }

    /** Who has it now. */
    Set<String> holders(String address) {
        Set<String> holders = new TreeSet<>();
        for (Change change : changes(address)) {
            if (change.present()) {
                holders.add(change.host());
            } else {
                holders.remove(change.host());
            }
        }
        return holders;
    }

    /** Every host that had it, in the order in which they got it; who got it back is named again. */
    List<String> history(String address) {
        List<String> history = new ArrayList<>();
        Set<String> holders = new TreeSet<>();
        for (Change change : changes(address)) {
            if (!change.present()) {
                holders.remove(change.host());
            } else if (holders.add(change.host())) {
                history.add(change.host());
            }
        }
        return history;
    }

    /** The instants at which more than one had it, each as the hosts that did. */
    List<Set<String>> together(String address) {
        List<Set<String>> together = new ArrayList<>();
        Set<String> holders = new TreeSet<>();
        for (Change change : changes(address)) {
            if (!change.present()) {
                holders.remove(change.host());
            } else if (holders.add(change.host()) && holders.size() > 1) {
                together.add(new TreeSet<>(holders));
            }
        }
        return together;
    }

    @Override
    public void close() throws IOException {
        Files.createFile(folder.resolve("stop-watching"));
        try {
            if (!process.waitFor(5, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            process.destroyForcibly();
        }
    }
}
