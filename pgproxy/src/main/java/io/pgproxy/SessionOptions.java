package io.pgproxy;

import io.pgproxy.CommandLine.UsageException;
import io.pgproxy.CommandLine.Verb;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.StringJoiner;

/**
 * Which sessions are meant, and how they are to be shown: the options of the commands about sessions, as they were
 * given. Immutable. What is wrong with a number or a name the running program says, which knows the nodes.
 *
 * @param json whether the program's JSON is to be shown as it is
 */
record SessionOptions(Optional<String> backendPort, Optional<String> node, Optional<String> limit, boolean json) {
    static final SessionOptions NONE = new SessionOptions(Optional.empty(), Optional.empty(), Optional.empty(), false);

    SessionOptions withBackendPort(String value) {
        return new SessionOptions(Optional.of(value), node, limit, json);
    }

    SessionOptions withNode(String value) {
        return new SessionOptions(backendPort, Optional.of(value), limit, json);
    }

    SessionOptions withLimit(String value) {
        return new SessionOptions(backendPort, node, Optional.of(value), json);
    }

    SessionOptions asJson() {
        return new SessionOptions(backendPort, node, limit, true);
    }

    /** @throws UsageException if one of them is not for that command */
    void refuseIfNotFor(Verb verb) throws UsageException {
        boolean choose = backendPort.isPresent() || node.isPresent();
        boolean show = limit.isPresent() || json;
        switch (verb) {
            case HELP, SESSIONS -> {}
            case SESSIONS_END -> {
                if (show) {
                    throw new UsageException("--limit and --json belong to sessions alone");
                }
                if (!choose) {
                    throw new UsageException(
                            "which sessions? Say --backend-port N, or --node NAME for all that are there");
                }
            }
            case RUN, CHECK_CONFIG, STATUS, VIP_MOVE, VIP_STOP_POST, PRINT_SCHEMA, VERSION -> {
                if (choose || show) {
                    throw new UsageException("--backend-port, --node, --limit and --json belong to sessions");
                }
            }
        }
    }

    /** What goes behind the path of a request; empty if there is nothing to say. */
    String query() {
        StringJoiner query = new StringJoiner("&", "?", "").setEmptyValue("");
        backendPort.ifPresent(value -> query.add(SessionParameters.BACKEND_PORT + "=" + encoded(value)));
        node.ifPresent(value -> query.add(SessionParameters.NODE + "=" + encoded(value)));
        limit.ifPresent(value -> query.add(SessionParameters.LIMIT + "=" + encoded(value)));
        return query.toString();
    }

    private static String encoded(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8);
    }
}
