package io.pgproxy;

import io.pgproxy.config.AdminConfig;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Talks to the running program over its Unix socket, which Java's own HTTP client cannot. Confined to one thread. */
final class OrderClient {
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    /** Twice as much as ten thousand sessions take. */
    private static final int MAX_BYTES = 8 << 20;

    private static final String END_OF_HEADERS = "\r\n\r\n";

    private final Path socket;

    OrderClient(Path socket) {
        this.socket = socket;
    }

    /**
     * What the program answered.
     *
     * @param status of HTTP
     */
    record Reply(int status, String body) {}

    /** Where the program takes orders by that configuration; without any, where it does so by default. */
    static Path socket(Optional<Path> config) throws ConfigFile.Refused {
        AdminConfig admin =
                ConfigFile.find(config).isPresent() ? ConfigFile.load(config).admin() : AdminConfig.DEFAULTS;
        return admin.socket();
    }

    /** @throws IOException if nobody answers there, or not within five seconds */
    Reply send(String method, String path) throws IOException {
        CompletableFuture<Reply> reply = CompletableFuture.supplyAsync(() -> exchange(method, path));
        try {
            return reply.get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            throw new IOException(cause == null ? e.toString() : cause.getMessage(), e);
        } catch (TimeoutException e) {
            throw new IOException("nothing came within " + TIMEOUT.toSeconds() + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private Reply exchange(String method, String path) {
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            String request = method + " " + path + " HTTP/1.1\r\nHost: pgproxy\r\nContent-Length: 0\r\n\r\n";
            ByteBuffer bytes = ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            return reply(readAll(channel));
        } catch (IOException e) {
            throw new CompletionException(e);
        }
    }

    /** The program ends the connection after its answer. */
    private static String readAll(SocketChannel channel) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        ByteBuffer part = ByteBuffer.allocate(8192);
        while (all.size() < MAX_BYTES && channel.read(part.clear()) >= 0) {
            all.write(part.array(), 0, part.position());
        }
        return all.toString(StandardCharsets.UTF_8);
    }

    private static Reply reply(String text) throws IOException {
        int body = text.indexOf(END_OF_HEADERS);
        if (body < 0 || !text.matches("(?s)HTTP/1\\.[01] [1-5][0-9]{2} .*")) {
            throw new IOException("what answers there is no pgproxy");
        }
        int status = Integer.parseInt(text.substring(9, 12));
        return new Reply(status, text.substring(body + END_OF_HEADERS.length()));
    }
}
