package io.pgproxy.it;

import com.github.dockerjava.api.DockerClient;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;

/** One host of a cluster: a container of the lab's image. Safe from any thread. */
final class Host {
    private static final Duration COMMAND_DEADLINE = Duration.ofSeconds(90);

    private final String name;
    private final String address;
    private final GenericContainer<?> container;
    private final DockerClient docker = DockerClientFactory.instance().client();

    Host(String name, String address, GenericContainer<?> container) {
        this.name = name;
        this.address = address;
        this.container = container;
    }

    String name() {
        return name;
    }

    String address() {
        return address;
    }

    /** Runs a command to its end. */
    Outcome run(String... command) {
        return start(command).await(COMMAND_DEADLINE);
    }

    /** Runs a shell script to its end. */
    Outcome shell(String script) {
        return run("bash", "-c", script);
    }

    Running start(String... command) {
        return new Running(this, docker, container.getContainerId(), command);
    }

    /** A query in this host's own PostgreSQL, as superuser and not by the network. */
    String sql(String query) {
        return run(
                        "psql",
                        "-XAtq",
                        "-v",
                        "ON_ERROR_STOP=1",
                        "-h",
                        "/var/run/postgresql",
                        "-U",
                        "postgres",
                        "-d",
                        "app",
                        "-c",
                        query)
                .orFail();
    }

    /** What the host wrote to its log so far. */
    String log() {
        return container.getLogs();
    }

    /** The power fails. */
    void kill() {
        docker.killContainerCmd(container.getContainerId()).exec();
    }

    /** The power is back. */
    void boot() {
        if (!isUp()) {
            docker.startContainerCmd(container.getContainerId()).exec();
        }
    }

    boolean isUp() {
        return Boolean.TRUE.equals(docker.inspectContainerCmd(container.getContainerId())
                .exec()
                .getState()
                .getRunning());
    }

    /** A process of the machine that lives in this host's network. */
    long machineProcess() {
        return Objects.requireNonNull(docker.inspectContainerCmd(container.getContainerId())
                .exec()
                .getState()
                .getPidLong());
    }

    /** Removes it, with what is running in it. */
    void remove() {
        container.stop();
    }

    /** Sends a signal to every process of that name, and fails if there is none. */
    void signal(String signal, String process) {
        run("pkill", "-" + signal.toUpperCase(Locale.ROOT), "-x", process).orFail();
    }

    @Override
    public String toString() {
        return name + Map.of("address", address);
    }
}
