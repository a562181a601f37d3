package io.pgproxy.etcd;

import com.google.protobuf.ByteString;
import io.pgproxy.config.EtcdConfig;
import io.pgproxy.config.EtcdEndpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The password and the certificates, by the files as they are: certificates and passwords are replaced while programs
 * run. Files are read on a thread of their own, since a file can hang.
 */
final class SecretFiles implements AutoCloseable {
    private static final long PERIOD_SECONDS = 10;
    private static final int MAX_PASSWORD_CHARACTERS = 1024;
    private static final int MAX_FILE_BYTES = 1024 * 1024;
    private static final Logger LOG = LoggerFactory.getLogger(SecretFiles.class);

    private final EtcdConfig config;
    private final Optional<EtcdTls> tls;
    private final ScheduledExecutorService thread;

    private volatile ByteString password;
    private List<ByteString> contents;
    private String complaint = "";

    /**
     * @param threadName of the thread that reads them
     * @throws IllegalArgumentException if a file cannot be used, saying which and why
     */
    SecretFiles(EtcdConfig config, String threadName) {
        this.config = config;
        thread = Executors.newSingleThreadScheduledExecutor(task -> daemon(task, threadName));
        try {
            contents = contents();
            password = password();
            tls = config.endpoints().stream().anyMatch(EtcdEndpoint::tls)
                    ? Optional.of(new EtcdTls(config))
                    : Optional.empty();
        } catch (IOException e) {
            throw new IllegalArgumentException("etcd: cannot read " + e, e);
        }
    }

    private static Thread daemon(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }

    void begin() {
        thread.scheduleWithFixedDelay(this::look, PERIOD_SECONDS, PERIOD_SECONDS, TimeUnit.SECONDS);
    }

    /** Empty without a user. */
    ByteString currentPassword() {
        return password;
    }

    /** Empty if no endpoint is spoken to over TLS. */
    Optional<EtcdTls> tls() {
        return tls;
    }

    private void look() {
        try {
            List<ByteString> now = contents();
            if (!now.equals(contents) || !complaint.isEmpty()) {
                password = password();
                tls.ifPresent(EtcdTls::read);
                contents = now;
                LOG.info("etcd: the password and the certificates were read again");
                complaint = "";
            }
        } catch (IOException | IllegalArgumentException e) {
            if (!e.toString().equals(complaint)) {
                complaint = e.toString();
                LOG.warn("etcd: going on with the password and the certificates as they were: {}", complaint);
            }
        }
    }

    private ByteString password() throws IOException {
        if (config.passwordFile().isEmpty()) {
            return ByteString.EMPTY;
        }
        Path file = config.passwordFile().get();
        String line = read(file).toStringUtf8().lines().findFirst().orElse("");
        if (line.isEmpty() || line.length() > MAX_PASSWORD_CHARACTERS) {
            throw new IllegalArgumentException("etcd.password-file: cannot use " + file
                    + ": its first line is no password of 1 to " + MAX_PASSWORD_CHARACTERS + " characters");
        }
        return ByteString.copyFromUtf8(line);
    }

    private List<ByteString> contents() throws IOException {
        List<ByteString> all = new ArrayList<>();
        for (Optional<Path> file :
                List.of(config.passwordFile(), config.caFile(), config.certificateFile(), config.keyFile())) {
            if (file.isPresent()) {
                all.add(read(file.get()));
            }
        }
        return all;
    }

    private static ByteString read(Path file) throws IOException {
        if (!Files.isRegularFile(file) || Files.size(file) > MAX_FILE_BYTES) {
            throw new IOException(file + ": it is no file, or larger than " + MAX_FILE_BYTES + " bytes");
        }
        return ByteString.copyFrom(Files.readAllBytes(file));
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
