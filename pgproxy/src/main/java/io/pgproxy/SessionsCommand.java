package io.pgproxy;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.pgproxy.status.SessionsReport;
import io.pgproxy.status.SessionsText;
import io.pgproxy.status.StatusJson;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;

/** Asks the running proxy whose its sessions are, or has it end some. Confined to the main thread. */
final class SessionsCommand {
    static final String PATH = "/api/v1/sessions";
    static final String END_PATH = "/api/v1/sessions/end";

    private final PrintStream out;
    private final PrintStream err;

    SessionsCommand(PrintStream out, PrintStream err) {
        this.out = out;
        this.err = err;
    }

    ExitCode show(CommandLine line) throws ConfigFile.Refused {
        return ask(line, "GET", PATH, body -> show(body, line.sessions().json()));
    }

    ExitCode end(CommandLine line) throws ConfigFile.Refused {
        return ask(line, "POST", END_PATH, body -> {
            out.print(body);
            return ExitCode.OK;
        });
    }

    /** What to do with an answer. */
    @FunctionalInterface
    private interface Use {
        ExitCode of(String body) throws IOException;
    }

    private ExitCode ask(CommandLine line, String method, String path, Use use) throws ConfigFile.Refused {
        Path socket = OrderClient.socket(line.config());
        try {
            OrderClient.Reply reply =
                    new OrderClient(socket).send(method, path + line.sessions().query());
            if (reply.status() == 200) {
                return use.of(reply.body());
            }
            err.print("pgproxy: " + reply.body());
        } catch (IOException e) {
            err.println("pgproxy: no answer from " + socket + ": " + e.getMessage());
        }
        return ExitCode.FAILURE;
    }

    private ExitCode show(String body, boolean asJson) throws IOException {
        SessionsReport report = read(body);
        out.print(asJson ? body : SessionsText.render(report));
        if (report.silentLoops() > 0) {
            err.println("pgproxy: " + report.silentLoops()
                    + " of its relay loops did not answer in time; sessions of theirs may be missing");
            return ExitCode.FAILURE;
        }
        return ExitCode.OK;
    }

    private static SessionsReport read(String body) throws IOException {
        try {
            return new StatusJson().readSessions(body);
        } catch (JsonProcessingException e) {
            throw new IOException("what answers there is no pgproxy", e);
        }
    }
}
