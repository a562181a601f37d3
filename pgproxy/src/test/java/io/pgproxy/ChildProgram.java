package io.pgproxy;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The real program in a JVM of its own, with its output as lines. */
final class ChildProgram implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 30;

    /** For a program that lives for a second or two: the optimizing compiler would only take time from it. */
    private static final List<String> QUICKLY = List.of("-Xmx128m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC");

    private final Process process;
    private final Thread reader;
    private final BlockingQueue<String> unread = new LinkedBlockingQueue<>();
    private final List<String> read = new ArrayList<>();

    ChildProgram(String... arguments) throws IOException {
        this(Map.of(), arguments);
    }

    /** As a service manager starts it. */
    ChildProgram(Map<String, String> environment, String... arguments) throws IOException {
        this(
                environment,
                Stream.concat(QUICKLY.stream(), Stream.of("-cp", classPath(), Main.class.getName()))
                        .toList(),
                arguments);
    }

    private ChildProgram(Map<String, String> environment, List<String> options, String... arguments)
            throws IOException {
        // A JVM does not touch a signal that it inherits as ignored, as under nohup.
        List<String> command = new ArrayList<>(
                List.of("env", "--default-signal=HUP,INT", System.getProperty("java.home") + "/bin/java"));
        command.addAll(options);
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(environment);
        process = builder.start();
        reader = new Thread(this::readLines, "output of the child");
        reader.setDaemon(true);
        reader.start();
    }

    /** A main class among the tests, in a JVM with those options. */
    static ChildProgram ofTest(Class<?> main, List<String> options, String... arguments) throws IOException {
        List<String> all = new ArrayList<>(options);
        all.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        return new ChildProgram(Map.of(), all, arguments);
    }

    /** Waits for a line that contains that. */
    void awaitLine(String part) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (true) {
            String line = unread.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
            if (line == null) {
                throw new AssertionError("no line with '" + part + "' but:\n" + String.join("\n", read));
            }
            read.add(line);
            if (line.contains(part)) {
                return;
            }
        }
    }

    void signal(String name) throws IOException, InterruptedException {
        int status = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                .start()
                .waitFor();
        if (status != 0) {
            throw new AssertionError("kill -" + name + " failed with " + status);
        }
    }

    /** Waits for the end. */
    int exitCode() throws InterruptedException {
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw new AssertionError("still runs:\n" + output());
        }
        return process.exitValue();
    }

    /** Waits for the end; all that was printed. */
    String output() throws InterruptedException {
        reader.join(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
        unread.drainTo(read);
        return String.join("\n", read);
    }

    boolean isAlive() {
        return process.isAlive();
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }

    private void readLines() {
        try (BufferedReader lines = process.inputReader(UTF_8)) {
            lines.lines().forEach(unread::add);
        } catch (UncheckedIOException | IOException e) {
            unread.add("the output ended with " + e);
        }
    }

    /** What the jar will hold: the tests' own classes and settings stay out of it. */
    private static String classPath() {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> !entry.endsWith("test-classes"))
                .collect(Collectors.joining(File.pathSeparator));
    }
}
