package io.pgproxy.it;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A PostgreSQL of a version that the lab's image does not have, as a process of this machine on an address of the
 * loopback, with TLS and without passwords. The build brings its files. Confined to the test.
 */
final class LocalPostgres implements AutoCloseable {
    private static final Duration DEADLINE = Duration.ofSeconds(60);

    private final String address;
    private final int port;
    private final Path folder;
    private final Process process;

    private LocalPostgres(String address, int port, Path folder, Process process) {
        this.address = address;
        this.port = port;
        this.folder = folder;
        this.process = process;
    }

    /** @param folder its own, below one that everybody may enter */
    static LocalPostgres start(int major, Path folder, String address, int port) throws Exception {
        run(List.of("tar", "-xJf", bundle(major).toString(), "-C", folder.toString(), "--no-same-owner"));
        certify(folder, address);
        if (isRoot()) {
            run(List.of("chown", "-R", "nobody:nogroup", folder.toString()));
        }
        run(unprivileged(
                folder.resolve("bin/initdb").toString(),
                "--pgdata=" + folder.resolve("data"),
                "--username=app",
                "--auth=trust",
                "--no-sync",
                "--locale=C"));
        Process process = new ProcessBuilder(unprivileged(
                        folder.resolve("bin/postgres").toString(),
                        "-D",
                        folder.resolve("data").toString(),
                        "--listen_addresses=" + address,
                        "--port=" + port,
                        "--unix_socket_directories=",
                        "--fsync=off",
                        "--ssl=on",
                        "--ssl_cert_file=" + folder.resolve("server.crt"),
                        "--ssl_key_file=" + folder.resolve("server.key")))
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile())
                .start();
        return new LocalPostgres(address, port, folder, process);
    }

    private static void certify(Path folder, String address) throws Exception {
        X509Bundle certificate = new CertificateBuilder()
                .subject("CN=" + address)
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
        Files.writeString(folder.resolve("server.crt"), certificate.getCertificatePEM());
        Files.writeString(folder.resolve("server.key"), certificate.getPrivateKeyPEM());
        Files.setPosixFilePermissions(folder.resolve("server.key"), PosixFilePermissions.fromString("rw-------"));
    }

    void awaitReady() {
        Eventually.until("PostgreSQL is ready", DEADLINE, () -> log().contains("ready to accept"), this::log);
    }

    private static Path bundle(int major) {
        Path bundle = Path.of("target", "postgres", Integer.toString(major), "postgres-linux-x86_64.txz");
        if (!Files.isReadable(bundle)) {
            throw new AssertionError("there is no " + bundle.toAbsolutePath() + ": mvn verify -Pit brings it");
        }
        return bundle;
    }

    String address() {
        return address;
    }

    int port() {
        return port;
    }

    /** Its client library. */
    Path libpq() {
        return folder.resolve("lib/libpq.so.5");
    }

    private String log() {
        try {
            return Files.readString(folder.resolve("log"));
        } catch (IOException e) {
            return e.toString();
        }
    }

    /** PostgreSQL does not run as root. */
    private static List<String> unprivileged(String... command) {
        List<String> whole = new ArrayList<>();
        if (isRoot()) {
            whole.addAll(List.of("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"));
        }
        whole.addAll(List.of(command));
        return whole;
    }

    private static boolean isRoot() {
        return "root".equals(System.getProperty("user.name"));
    }

    private static void run(List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), UTF_8);
        if (process.waitFor() != 0) {
            throw new AssertionError(String.join(" ", command) + " failed: " + said);
        }
    }

    /** Waits for its sessions. */
    @Override
    public void close() {
        process.destroy();
        process.onExit()
                .orTimeout(DEADLINE.toSeconds(), TimeUnit.SECONDS)
                .exceptionally(late -> process.destroyForcibly())
                .join();
    }
}
