package io.pgproxy.status;

import io.pgproxy.status.SessionsReport.Session;

/** Sessions for a terminal. Stateless. */
public final class SessionsText {
    private SessionsText() {}

    /** A table, and below it what is missing from it; plain text of whole lines. */
    public static String render(SessionsReport report) {
        TextTable table =
                new TextTable("CLIENT", "LISTENER", "NODE", "BACKEND PORT>", "AGE>", "FROM CLIENT>", "FROM BACKEND>");
        for (Session session : report.sessions()) {
            table.row(
                    client(session),
                    session.listener(),
                    session.node() == null ? "(waits)" : session.node(),
                    Figures.text(session.backendPort()),
                    Figures.duration(session.ageSeconds()),
                    Figures.bytes(session.bytesIn()),
                    Figures.bytes(session.bytesOut()));
        }
        StringBuilder out = new StringBuilder();
        table.appendTo(out);
        if (report.sessions().size() < report.count()) {
            out.append("\nThese are ").append(report.sessions().size());
            out.append(" of ").append(report.count()).append("; --limit shows more.\n");
        }
        return out.toString();
    }

    private static String client(Session session) {
        return session.via() == null ? session.client() : session.client() + " (PROXY by " + session.via() + ")";
    }
}
