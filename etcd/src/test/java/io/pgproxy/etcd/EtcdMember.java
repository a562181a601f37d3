package io.pgproxy.etcd;

import io.pgproxy.config.EtcdEndpoint;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** A process of etcd on loopback, with its data in a folder of the test's. */
public final class EtcdMember implements AutoCloseable {
    private final Path folder;
    private final List<String> command;
    private final EtcdEndpoint endpoint;
    private Process process;

    private EtcdMember(Path folder, List<String> command, EtcdEndpoint endpoint) {
        this.folder = folder;
        this.command = command;
        this.endpoint = endpoint;
        process = run();
    }

    /** One member that is a cluster. */
    public static EtcdMember alone(Path folder, String... options) {
        return cluster(folder, 1, false, options).get(0);
    }

    public static EtcdMember aloneOverTls(Path folder, String... options) {
        return cluster(folder, 1, true, options).get(0);
    }

    public static List<EtcdMember> cluster(Path folder, int size, String... options) {
        return cluster(folder, size, false, options);
    }

    private static List<EtcdMember> cluster(Path folder, int size, boolean tls, String... options) {
        List<Integer> ports = freePorts(2 * size);
        List<String> peers = new ArrayList<>();
        for (int n = 0; n < size; n++) {
            peers.add("e" + n + "=http://127.0.0.1:" + ports.get(size + n));
        }
        List<EtcdMember> members = new ArrayList<>();
        for (int n = 0; n < size; n++) {
            members.add(start(
                    folder,
                    "e" + n,
                    new EtcdEndpoint(tls, "127.0.0.1", ports.get(n)),
                    ports.get(size + n),
                    peers.stream().collect(Collectors.joining(",")),
                    options));
        }
        return members;
    }

    private static EtcdMember start(
            Path folder, String name, EtcdEndpoint endpoint, int peerPort, String peers, String... options) {
        String peer = "http://127.0.0.1:" + peerPort;
        List<String> command = new ArrayList<>(List.of(Programs.etcd().toString(), "--name", name));
        command.addAll(List.of("--data-dir", folder.resolve(name).toString()));
        command.addAll(List.of("--listen-client-urls", endpoint.toString()));
        command.addAll(List.of("--advertise-client-urls", endpoint.toString()));
        command.addAll(List.of("--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer));
        command.addAll(List.of("--initial-cluster", peers, "--logger", "zap"));
        command.addAll(List.of(options));
        return new EtcdMember(folder.resolve(name + ".log"), command, endpoint);
    }

    private static List<Integer> freePorts(int count) {
        List<ServerSocket> sockets = new ArrayList<>();
        try {
            for (int n = 0; n < count; n++) {
                sockets.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
            }
            List<Integer> ports =
                    sockets.stream().map(ServerSocket::getLocalPort).toList();
            for (ServerSocket socket : sockets) {
                socket.close();
            }
            return ports;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public EtcdEndpoint endpoint() {
        return endpoint;
    }

    private Process run() {
        try {
            return new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.toFile()))
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** As after power was off. */
    public void startAgain() {
        process = run();
    }

    public void kill() throws InterruptedException {
        process.destroyForcibly();
        if (!process.waitFor(10, TimeUnit.SECONDS)) {
            throw new IllegalStateException("etcd outlived its kill");
        }
    }

    public void freeze() throws IOException, InterruptedException {
        signal("STOP");
    }

    public void thaw() throws IOException, InterruptedException {
        signal("CONT");
    }

    /** Runs again, whether it was frozen or killed. */
    public void mend() throws IOException, InterruptedException {
        if (process.isAlive()) {
            thaw();
        } else {
            startAgain();
        }
    }

    private void signal(String name) throws IOException, InterruptedException {
        Process kill = new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid())).start();
        if (!kill.waitFor(10, TimeUnit.SECONDS) || kill.exitValue() != 0) {
            throw new IllegalStateException("kill -" + name + " failed");
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
        process.onExit().orTimeout(10, TimeUnit.SECONDS).join();
    }
}
