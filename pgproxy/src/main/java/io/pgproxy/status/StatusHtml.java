package io.pgproxy.status;

import io.pgproxy.status.StatusReport.Instance;
import io.pgproxy.status.StatusReport.Limit;
import io.pgproxy.status.StatusReport.Listener;
import io.pgproxy.status.StatusReport.Node;
import io.pgproxy.status.StatusReport.Readiness;

/**
 * The report for a browser: one page that needs nothing else, no script, and asks again by itself. Stateless.
 *
 * <p>Every value goes through {@link HtmlText}, which escapes it; nothing else writes into the page.
 */
public final class StatusHtml {
    private StatusHtml() {}

    private static final String HEAD =
            """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <meta http-equiv="refresh" content="2">
            <title>%s %s</title>
            <style>
            body { font: 15px/1.45 system-ui, sans-serif; margin: 2em auto; max-width: 72em; padding: 0 1em }
            h1 { font-size: 1.4em } h2 { font-size: 1.05em; margin: 1.6em 0 .3em }
            table { border-collapse: collapse; width: 100%% }
            th, td { text-align: left; padding: .3em .9em .3em 0; border-bottom: 1px solid #8884; vertical-align: top }
            th { font-weight: 600; color: #888 }
            .n { text-align: right; font-variant-numeric: tabular-nums }
            .good { color: #1a7f37 } .bad { color: #cf222e } .so-so { color: #9a6700 }
            small { color: #888 }
            </style>
            </head>
            <body>
            """;

    /** A whole HTML document. */
    public static String render(StatusReport report) {
        HtmlText page = new HtmlText();
        page.markup(HEAD, report.instance().host(), report.readiness().ready() ? "ready" : "NOT READY");
        headline(report, page);
        listeners(report, page);
        nodes(report, page);
        limits(report, page);
        rules(report, page);
        page.markup("<p><small><a href=\"/metrics\">metrics</a> · <a href=\"/api/v1/status\">JSON</a>"
                + " · <a href=\"/api/v1/failovers\">failovers</a></small></p>\n");
        page.markup("</body>\n</html>\n");
        return page.toString();
    }

    private static void headline(StatusReport report, HtmlText page) {
        Readiness readiness = report.readiness();
        Instance instance = report.instance();
        page.markup(
                readiness.ready()
                        ? "<h1>pgproxy on %s <span class=\"good\">ready</span></h1>\n"
                        : "<h1>pgproxy on %s <span class=\"bad\">not ready</span></h1>\n",
                instance.host());
        readiness.reasons().forEach(reason -> page.markup("<p class=\"bad\">%s</p>\n", reason));
        readiness.errors().forEach(error -> page.markup("<p class=\"bad\">%s</p>\n", error));
        readiness.warnings().forEach(warning -> page.markup("<p class=\"so-so\">%s</p>\n", warning));
        page.markup("<p>Cluster %s<br>\n", StatusText.describe(report.cluster()));
        if (report.vip() != null) {
            page.markup("Virtual %s<br>\n", StatusText.describe(report.vip()));
        }
        page.markup(
                "<small>version %s, %s for %s, transport %s, routing table %s</small></p>\n",
                instance.version(),
                instance.state(),
                Figures.duration(instance.uptimeSeconds()),
                instance.transport(),
                report.cluster().routingTableVersion());
    }

    private static void listeners(StatusReport report, HtmlText page) {
        page.markup("<h2>Listeners</h2>\n<table>\n<tr><th>Name<th>Bind<th>Route<th class=\"n\">Sessions"
                + "<th class=\"n\">Parked<th>Goes to</tr>\n");
        for (Listener listener : report.listeners()) {
            page.markup(
                    "<tr><td>%s<td>%s<td>%s<td class=\"n\">%s<td class=\"n\">%s<td>%s</tr>\n",
                    listener.name(),
                    StatusText.bind(listener),
                    listener.route(),
                    listener.sessions(),
                    listener.parked(),
                    StatusText.describe(listener.targets()));
        }
        page.markup("</table>\n");
    }

    private static void rules(StatusReport report, HtmlText page) {
        if (StatusText.withRules(report).isEmpty()) {
            return;
        }
        page.markup("<h2>Rules</h2>\n<table>\n<tr><th>Listener<th>Rules</tr>\n");
        for (Listener listener : StatusText.withRules(report)) {
            page.markup("<tr><td>%s<td>%s</tr>\n", listener.name(), String.join("; ", listener.rules()));
        }
        page.markup("</table>\n");
    }

    private static void nodes(StatusReport report, HtmlText page) {
        page.markup("<h2>Nodes</h2>\n<table>\n<tr><th>Name<th>Address<th>State<th>Role<th class=\"n\">Timeline"
                + "<th class=\"n\">Lag<th class=\"n\">Weight<th class=\"n\">Sessions<th class=\"n\">Since"
                + "<th>Reason</tr>\n");
        for (Node node : report.nodes()) {
            page.markup(
                    "<tr><td>%s<td>%s<td>%s<td>%s<td class=\"n\">%s<td class=\"n\">%s<td class=\"n\">%s"
                            + "<td class=\"n\">%s<td class=\"n\">%s<td>%s</tr>\n",
                    node.name(),
                    node.address(),
                    node.state(),
                    node.role(),
                    StatusText.timeline(node),
                    Figures.bytes(node.lag().bytes()),
                    node.weight(),
                    node.sessions(),
                    Figures.duration(node.sinceSeconds()),
                    node.reason());
        }
        page.markup("</table>\n");
    }

    private static void limits(StatusReport report, HtmlText page) {
        page.markup("<h2>Limits</h2>\n<table>\n<tr><th>What<th class=\"n\">Now<th class=\"n\">Max</tr>\n");
        for (Limit limit : report.limits()) {
            page.markup(
                    "<tr><td>%s<td class=\"n\">%s<td class=\"n\">%s</tr>\n", limit.name(), limit.used(), limit.max());
        }
        page.markup("</table>\n");
    }
}
