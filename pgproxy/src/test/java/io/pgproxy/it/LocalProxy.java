package io.pgproxy.it;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** The real jar as a process of this machine, on ports of the loopback. Confined to the test. */
final class LocalProxy implements AutoCloseable {
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final String name;
    private final int port = freePort();
    private final int adminPort = freePort();
    private final Process process;

    /**
     * @param folder for its files, its own; the log stays among those of the hosts
     * @param config where its ports are called $PORT and $ADMIN, and its socket $SOCKET
     */
    LocalProxy(String name, Path folder, String config) throws IOException {
        this.name = name;
        String whole = config.replace("$PORT", Integer.toString(port))
                .replace("$ADMIN", Integer.toString(adminPort))
                .replace("$SOCKET", folder.resolve("admin.sock").toString());
        Path file = Files.writeString(folder.resolve("pgproxy.yml"), whole);
        Path log = Files.createDirectories(Path.of("target", "it-logs")).resolve(name + ".log");
        process = new ProcessBuilder(
                        System.getProperty("java.home") + "/bin/java",
                        "-Xmx128m",
                        "-jar",
                        Engine.jar().toString(),
                        "run",
                        "--config",
                        file.toString())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
    }

    void awaitReady() {
        Eventually.until(
                name + " is ready", Duration.ofSeconds(60), () -> get("/readyz").statusCode() == 200);
    }

    int port() {
        return port;
    }

    /** The sum of those samples whose name and first labels are these; 0 without any. */
    double metric(String sample) throws IOException, InterruptedException {
        return get("/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith(sample))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        URI uri = URI.create("http://127.0.0.1:" + adminPort + path);
        return HTTP.send(
                HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(5)).build(), BodyHandlers.ofString());
    }

    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @Override
    public void close() {
        process.destroy();
        process.onExit()
                .orTimeout(30, TimeUnit.SECONDS)
                .exceptionally(late -> process.destroyForcibly())
                .join();
    }
}
