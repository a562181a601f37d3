package io.pgproxy;

import io.pgproxy.admin.Order;
import io.pgproxy.admin.Parameters;
import io.pgproxy.config.HostAndPort;
import io.pgproxy.core.LiveSessions;
import io.pgproxy.core.SessionFilter;
import io.pgproxy.core.SessionStatus;
import io.pgproxy.status.SessionsReport;
import io.pgproxy.status.StatusJson;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletionStage;

/** Tells whose the sessions are: the database sees our address, and our port. Safe from any thread. */
final class SessionsOrder implements Order {
    /** How many sessions are told of where nobody says how many. */
    static final int DEFAULT_LIMIT = 1_000;
    /** Some three megabytes. */
    static final int MAX_LIMIT = 10_000;

    private final LiveSessions sessions;
    private final SessionParameters parameters;
    private final StatusJson json = new StatusJson();

    SessionsOrder(LiveSessions sessions, SessionParameters parameters) {
        this.sessions = sessions;
        this.parameters = parameters;
    }

    @Override
    public Kind kind() {
        return Kind.QUESTION;
    }

    @Override
    public CompletionStage<String> carryOut(Parameters said) throws RefusedException {
        SessionFilter filter = parameters.filter(said, SessionParameters.LIMIT);
        int limit = said.number(SessionParameters.LIMIT, 1, MAX_LIMIT).orElse(DEFAULT_LIMIT);
        return sessions.find(filter, limit, sessions.dueNanos()).thenApply(found -> json.write(report(found)));
    }

    private static SessionsReport report(LiveSessions.Found found) {
        return new SessionsReport(
                found.sessions().stream().map(SessionsOrder::report).toList(), found.count(), found.silentLoops());
    }

    private static SessionsReport.Session report(SessionStatus session) {
        return new SessionsReport.Session(
                text(session.client()),
                session.balancer().map(SessionsOrder::text).orElse(null),
                session.listener(),
                session.backend().map(SessionStatus.Backend::node).orElse(null),
                session.backend()
                        .map(SessionStatus.Backend::localPort)
                        .filter(port -> port > 0)
                        .orElse(null),
                Math.round(session.ageNanos() / 1e6) / 1e3,
                session.bytesIn(),
                session.bytesOut());
    }

    private static String text(InetSocketAddress address) {
        return HostAndPort.text(address.getAddress().getHostAddress(), address.getPort());
    }
}
