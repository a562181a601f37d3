package io.pgproxy;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.pgproxy.config.AdminConfig;
import io.pgproxy.config.PgproxyConfig;
import io.pgproxy.status.StatusJson;
import io.pgproxy.status.StatusReport.Vip;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Orders the running instance to hand the virtual addresses over, and waits until another has them. */
final class MoveCommand {
    static final String PATH = "/api/v1/vip/move";
    /** Beside the time that sessions may be given to end. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final PrintStream out;
    private final PrintStream err;

    MoveCommand(PrintStream out, PrintStream err) {
        this.out = out;
        this.err = err;
    }

    ExitCode execute(CommandLine line) throws ConfigFile.Refused {
        Optional<PgproxyConfig> config = ConfigFile.find(line.config()).isPresent()
                ? Optional.of(ConfigFile.load(line.config()))
                : Optional.empty();
        Path socket =
                config.map(PgproxyConfig::admin).orElse(AdminConfig.DEFAULTS).socket();
        Duration drain = config.flatMap(PgproxyConfig::vip)
                .map(vip -> vip.handover().handoverDrain())
                .orElse(Duration.ZERO);
        try {
            return move(new OrderClient(socket), drain.plus(PATIENCE));
        } catch (IOException e) {
            err.println("pgproxy: no answer from " + socket + ": " + e.getMessage());
            return ExitCode.FAILURE;
        }
    }

    private ExitCode move(OrderClient client, Duration patience) throws IOException {
        long begunNanos = System.nanoTime();
        OrderClient.Reply reply = client.send("POST", PATH);
        if (reply.status() != 200) {
            err.print("pgproxy: " + reply.body());
            return ExitCode.FAILURE;
        }
        out.print(reply.body());
        while (System.nanoTime() - begunNanos < patience.toNanos()) {
            LockSupport.parkNanos(LOOK_NANOS);
            Optional<String> taker = taker(client);
            if (taker.isPresent()) {
                long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begunNanos);
                out.println(taker.get() + " has it, " + millis + " ms later");
                return ExitCode.OK;
            }
        }
        err.println("pgproxy: nobody else has taken it within " + patience.toSeconds() + " s; see its status");
        return ExitCode.FAILURE;
    }

    /** Who has it now, if that is another than the one that was asked. */
    private static Optional<String> taker(OrderClient client) throws IOException {
        OrderClient.Reply reply = client.send("GET", "/api/v1/status");
        try {
            Vip vip = new StatusJson().read(reply.body()).vip();
            return vip == null || vip.self().equals(vip.holder())
                    ? Optional.empty()
                    : Optional.ofNullable(vip.holder());
        } catch (JsonProcessingException e) {
            throw new IOException("what answers there is no pgproxy", e);
        }
    }
}
