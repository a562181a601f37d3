package io.pgproxy;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.pgproxy.config.AdminConfig;
import io.pgproxy.config.BindAddress;
import io.pgproxy.status.StatusJson;
import io.pgproxy.status.StatusReport;
import io.pgproxy.status.StatusText;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Asks the running proxy for its status and shows it. Confined to the main thread. */
final class StatusCommand {
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final int MAX_BYTES = 1 << 20;

    private final PrintStream out;
    private final PrintStream err;

    StatusCommand(PrintStream out, PrintStream err) {
        this.out = out;
        this.err = err;
    }

    ExitCode execute(CommandLine line) throws ConfigFile.Refused {
        URI address = address(line);
        try {
            StatusReport report = new StatusJson().read(fetch(address.resolve("/api/v1/status")));
            out.print(StatusText.render(report));
            return report.readiness().ready() ? ExitCode.OK : ExitCode.FAILURE;
        } catch (JsonProcessingException e) {
            err.println("pgproxy: what answers at " + address + " is no pgproxy");
        } catch (IOException e) {
            err.println("pgproxy: no answer from " + address + ": " + e.getMessage());
        }
        return ExitCode.FAILURE;
    }

    /** Without any configuration file the proxy may still run elsewhere with one, on the usual port. */
    private static URI address(CommandLine line) throws ConfigFile.Refused {
        if (line.url().isPresent()) {
            return line.url().get();
        }
        BindAddress bind = ConfigFile.find(line.config()).isPresent()
                ? ConfigFile.load(line.config()).admin().bind()
                : AdminConfig.DEFAULTS.bind();
        return URI.create("http://" + reachable(bind));
    }

    /** "Every address" is none that one can connect to. */
    static BindAddress reachable(BindAddress bind) {
        return switch (bind.host()) {
            case "*", "0.0.0.0" -> new BindAddress("127.0.0.1", bind.port());
            case "::" -> new BindAddress("::1", bind.port());
            default -> bind;
        };
    }

    /** The client's own timeout ends with the headers, so one over everything stands around it. */
    private static String fetch(URI address) throws IOException {
        HttpClient client = HttpClient.newBuilder().connectTimeout(TIMEOUT).build();
        HttpRequest request = HttpRequest.newBuilder(address).build();
        CompletableFuture<String> body =
                client.sendAsync(request, BodyHandlers.ofInputStream()).thenApplyAsync(StatusCommand::body);
        try {
            return body.get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw new IOException(reason(e.getCause()), e);
        } catch (TimeoutException e) {
            throw new IOException("nothing came within " + TIMEOUT.toSeconds() + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private static String body(HttpResponse<InputStream> response) {
        if (response.statusCode() != 200) {
            throw new CompletionException(new IOException("HTTP status " + response.statusCode()));
        }
        try (InputStream body = response.body()) {
            return new String(body.readNBytes(MAX_BYTES), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new CompletionException(e);
        }
    }

    /** Java's own client has no words for the commonest case. */
    private static String reason(@Nullable Throwable cause) {
        String message = cause == null ? null : cause.getMessage();
        if (message != null) {
            return message;
        }
        return cause instanceof ConnectException ? "cannot connect; does pgproxy run there?" : String.valueOf(cause);
    }
}
