package io.pgproxy.it;

import java.nio.file.Path;
import java.time.Duration;
import jnr.ffi.Pointer;
import org.jspecify.annotations.Nullable;

/**
 * Runs as a program of its own: {@code LIBRARY MAJOR PARAMETERS}. Connects with that libpq until a server of that
 * version answers, starts a long query and cancels it; prints what the session was like and what became of the query.
 */
final class LibPqClient {
    /** Nodes take turns, so that the second is the other one. */
    private static final int ATTEMPTS = 3;

    private static final int SQLSTATE = 'C';

    private final LibPq libpq;

    private LibPqClient(LibPq libpq) {
        this.libpq = libpq;
    }

    public static void main(String[] args) {
        LibPqClient client = new LibPqClient(LibPq.load(Path.of(args[0])));
        Pointer session = client.connect(args[2], Integer.parseInt(args[1]));
        System.out.println(client.describe(session) + ": " + client.cancelWhileItRuns(session));
        client.libpq.finish(session);
    }

    private Pointer connect(String parameters, int major) {
        StringBuilder others = new StringBuilder();
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            Pointer connection = libpq.connectdb(parameters);
            if (libpq.status(connection) == LibPq.CONNECTION_OK && libpq.serverVersion(connection) / 10_000 == major) {
                return connection;
            }
            others.append(libpq.serverVersion(connection)).append(' ').append(libpq.errorMessage(connection));
            libpq.finish(connection);
        }
        throw new AssertionError("no server of version " + major + ", but: " + others);
    }

    private String describe(Pointer session) {
        String alpn = libpq.sslAttribute(session, "alpn");
        int protocol = libpq.libVersion() >= 180_000
                ? libpq.fullProtocolVersion(session)
                : libpq.protocolVersion(session) * 10_000;
        return "PostgreSQL " + libpq.serverVersion(session) / 10_000 + ", protocol " + protocol / 10_000 + "."
                + protocol % 10_000 + ", " + (alpn == null ? "plaintext" : "TLS for " + alpn);
    }

    private String cancelWhileItRuns(Pointer session) {
        String process = ask(session, "select pg_backend_pid()");
        String server = "user=app dbname=postgres host=" + ask(session, "select host(inet_server_addr())") + " port="
                + ask(session, "select inet_server_port()");
        libpq.sendQuery(session, "select pg_sleep(6)");
        awaitSleep(server, process);
        cancel(session);
        Pointer answer = libpq.getResult(session);
        String sqlState = libpq.resultErrorField(answer, SQLSTATE);
        return "57014".equals(sqlState) ? "cancelled" : sqlState == null ? "not cancelled" : sqlState;
    }

    /** By the server itself, asked directly: an encrypted cancel is known by what has waited for half a second. */
    private void awaitSleep(String server, @Nullable String process) {
        Pointer watcher = libpq.connectdb(server);
        String sleeping = "select 1 from pg_stat_activity where pid = " + process
                + " and wait_event = 'PgSleep' and now() - query_start > '0.7 s'";
        Eventually.until("the query runs", Duration.ofSeconds(10), () -> ask(watcher, sleeping) != null);
        libpq.finish(watcher);
    }

    private void cancel(Pointer session) {
        Pointer cancel = libpq.cancelCreate(session);
        if (libpq.cancelBlocking(cancel) != 1) {
            throw new AssertionError("no cancel: " + libpq.cancelErrorMessage(cancel));
        }
        libpq.cancelFinish(cancel);
    }

    /** The first field of the first row, if there is one. */
    private @Nullable String ask(Pointer connection, String query) {
        Pointer result = libpq.exec(connection, query);
        String answer = libpq.ntuples(result) == 0 ? null : libpq.getvalue(result, 0, 0);
        libpq.clear(result);
        return answer;
    }
}
