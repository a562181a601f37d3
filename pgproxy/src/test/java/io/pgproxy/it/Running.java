package io.pgproxy.it;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.model.Frame;
import com.github.dockerjava.api.model.StreamType;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** A command that goes on in a container while the test does other things. Safe from any thread. */
final class Running {
    private final Host host;
    private final String command;
    private final String exec;
    private final DockerClient docker;
    private final Output out = new Output();
    private final Output err = new Output();
    private final ResultCallback.Adapter<Frame> end;

    Running(Host host, DockerClient docker, String container, String... command) {
        this.host = host;
        this.docker = docker;
        this.command = host.name() + ": " + String.join(" ", command);
        // The shell says its own process id before it becomes the command: the engine has no way to end an exec.
        List<String> wrapped = new ArrayList<>(List.of("sh", "-c", "echo $$; exec \"$@\"", "sh"));
        wrapped.addAll(List.of(command));
        this.exec = docker.execCreateCmd(container)
                .withAttachStdout(true)
                .withAttachStderr(true)
                .withCmd(wrapped.toArray(String[]::new))
                .exec()
                .getId();
        this.end = docker.execStartCmd(exec).exec(new ResultCallback.Adapter<>() {
            @Override
            public void onNext(Frame frame) {
                (frame.getStreamType() == StreamType.STDERR ? err : out).add(frame.getPayload());
            }
        });
    }

    /** Whole lines of its standard output so far. */
    List<String> lines() {
        List<String> lines = out.lines();
        return lines.isEmpty() ? lines : lines.subList(1, lines.size());
    }

    /** The first line of its output that fits, waiting for it if it has not come yet. */
    String line(String what, Duration deadline, Predicate<String> fits) {
        return Eventually.until(
                        what + " from " + command,
                        deadline,
                        () -> lines().stream().filter(fits).findFirst(),
                        found -> {
                            if (found.isEmpty() && hasEnded()) {
                                throw new AssertionError(outcome());
                            }
                            return found.isPresent();
                        })
                .orElseThrow();
    }

    boolean hasEnded() {
        return Boolean.FALSE.equals(docker.inspectExecCmd(exec).exec().isRunning());
    }

    /** Waits for its end. */
    Outcome await(Duration deadline) {
        try {
            if (!end.awaitCompletion(deadline.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new AssertionError("not ended within " + deadline.toSeconds() + " s: " + outcome());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for " + command, e);
        }
        return outcome();
    }

    /** Sends a signal, by the name that kill(1) knows. */
    void signal(String name) {
        host.run("kill", "-" + name, pid());
    }

    /** Asks it to end and waits until it has. */
    Outcome stop() {
        if (!hasEnded()) {
            signal("TERM");
        }
        return await(Duration.ofSeconds(20));
    }

    private String pid() {
        return Eventually.until("the process id of " + command, Duration.ofSeconds(10), out::lines, l -> !l.isEmpty())
                .get(0);
    }

    private Outcome outcome() {
        Long code = docker.inspectExecCmd(exec).exec().getExitCodeLong();
        String said = out.text();
        return new Outcome(
                command,
                code == null ? -1 : code,
                said.substring(said.indexOf('\n') + 1).stripTrailing(),
                err.text().stripTrailing());
    }

    /** The bytes of one stream. */
    private static final class Output {
        private final java.io.ByteArrayOutputStream bytes = new java.io.ByteArrayOutputStream();

        synchronized void add(byte[] payload) {
            bytes.writeBytes(payload);
        }

        synchronized String text() {
            return bytes.toString(StandardCharsets.UTF_8);
        }

        /** Without a last line that has no end yet. */
        synchronized List<String> lines() {
            String all = bytes.toString(StandardCharsets.UTF_8);
            return all.substring(0, all.lastIndexOf('\n') + 1).lines().toList();
        }
    }
}
