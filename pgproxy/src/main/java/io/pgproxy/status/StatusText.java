package io.pgproxy.status;

import io.pgproxy.status.StatusReport.Cluster;
import io.pgproxy.status.StatusReport.Instance;
import io.pgproxy.status.StatusReport.Limit;
import io.pgproxy.status.StatusReport.Listener;
import io.pgproxy.status.StatusReport.Node;
import io.pgproxy.status.StatusReport.Store;
import io.pgproxy.status.StatusReport.Targets;
import io.pgproxy.status.StatusReport.Vip;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The report for a terminal: what is wrong first, then who goes where, then the rest. Stateless. */
public final class StatusText {
    private StatusText() {}

    /** Plain text of whole lines. */
    public static String render(StatusReport report) {
        StringBuilder out = new StringBuilder();
        headline(report, out);
        out.append('\n');
        listeners(report, out);
        out.append('\n');
        if (!withRules(report).isEmpty()) {
            rules(report, out);
            out.append('\n');
        }
        nodes(report, out);
        out.append('\n');
        limits(report, out);
        return out.toString();
    }

    private static void headline(StatusReport report, StringBuilder out) {
        Instance instance = report.instance();
        line(
                out,
                "pgproxy " + instance.version() + " on " + instance.host() + ": "
                        + (report.readiness().ready() ? "ready" : "NOT READY"));
        report.readiness().reasons().forEach(reason -> line(out, "  ! " + reason));
        report.readiness().errors().forEach(error -> line(out, "  ! " + error));
        report.readiness().warnings().forEach(warning -> line(out, "  ? " + warning));
        line(out, "cluster " + describe(report.cluster()));
        if (report.vip() != null) {
            line(out, "virtual " + describe(report.vip()));
        }
        line(
                out,
                instance.state() + " for " + Figures.duration(instance.uptimeSeconds()) + ", transport "
                        + instance.transport() + ", routing table "
                        + report.cluster().routingTableVersion());
    }

    static String describe(Cluster cluster) {
        String name = cluster.name().isEmpty() ? "not known yet" : cluster.name();
        String writes = cluster.primary() == null ? "no primary" : "primary " + cluster.primary();
        String identifier = cluster.systemIdentifier() == null ? "" : ", system " + cluster.systemIdentifier();
        return name + ": " + writes + identifier + describe(cluster.store());
    }

    private static String describe(@Nullable Store store) {
        if (store == null) {
            return "";
        }
        String key = store.leaderKey() == null ? "" : ", the leader key names " + store.leaderKey();
        return "; etcd: " + store.state() + key;
    }

    static String describe(Vip vip) {
        String addresses = String.join(", ", vip.addresses());
        String since = " for " + Figures.duration(vip.sinceSeconds());
        if (vip.here()) {
            String until = vip.authority() == null || vip.leftSeconds() == null
                    ? ""
                    : String.format(Locale.ROOT, ", allowed by %s for %.1f s more", vip.authority(), vip.leftSeconds());
            return addresses + ": here" + since + until + (vip.moving() ? ", handing over" : "")
                    + (vip.etcdAnswers() ? "" : "; etcd does not answer");
        }
        String trouble = vip.trouble() == null ? "" : ": " + vip.trouble();
        return addresses + ": " + holder(vip) + "; " + vip.self() + " is in " + vip.state() + since + trouble;
    }

    /** What etcd told before it fell silent is no news. */
    private static String holder(Vip vip) {
        if (vip.etcdAnswers()) {
            return vip.holder() == null ? "nobody has it" : "at " + vip.holder();
        }
        return "nobody knows who has it"
                + (vip.holder() == null ? "" : ", " + vip.holder() + " had it when etcd last answered");
    }

    static String timeline(Node node) {
        return Figures.text(node.answer() == null ? null : node.answer().timeline());
    }

    static String bind(Listener listener) {
        return listener.bound() ? listener.bind() : listener.bind() + " (closed)";
    }

    static String describe(Targets targets) {
        if (!targets.nodes().isEmpty()) {
            return String.join(", ", targets.nodes());
        }
        String reason = targets.waitingBecause() == null ? "nobody" : "nobody: " + targets.waitingBecause();
        return targets.waitingSeconds() == null
                ? reason
                : reason + " (for " + Figures.duration(targets.waitingSeconds()) + ")";
    }

    private static void listeners(StatusReport report, StringBuilder out) {
        TextTable table = new TextTable("LISTENER", "BIND", "ROUTE", "SESSIONS>", "PARKED>", "GOES TO");
        for (Listener listener : report.listeners()) {
            table.row(
                    listener.name(),
                    bind(listener),
                    listener.route(),
                    Long.toString(listener.sessions()),
                    Long.toString(listener.parked()),
                    describe(listener.targets()));
        }
        table.appendTo(out);
    }

    private static void rules(StatusReport report, StringBuilder out) {
        TextTable table = new TextTable("LISTENER", "RULES");
        for (Listener listener : withRules(report)) {
            table.row(listener.name(), String.join("; ", listener.rules()));
        }
        table.appendTo(out);
    }

    static List<Listener> withRules(StatusReport report) {
        return report.listeners().stream()
                .filter(listener -> !listener.rules().isEmpty())
                .toList();
    }

    private static void nodes(StatusReport report, StringBuilder out) {
        TextTable table = new TextTable(
                "NODE", "ADDRESS", "STATE", "ROLE", "TIMELINE>", "LAG>", "WEIGHT>", "SESSIONS>", "SINCE>", "REASON");
        for (Node node : report.nodes()) {
            table.row(
                    node.name(),
                    node.address(),
                    node.state(),
                    node.role(),
                    timeline(node),
                    Figures.bytes(node.lag().bytes()),
                    Integer.toString(node.weight()),
                    Long.toString(node.sessions()),
                    Figures.duration(node.sinceSeconds()),
                    node.reason());
        }
        table.appendTo(out);
    }

    private static void limits(StatusReport report, StringBuilder out) {
        TextTable table = new TextTable("LIMIT", "NOW>", "MAX>");
        for (Limit limit : report.limits()) {
            table.row(limit.name(), Long.toString(limit.used()), Long.toString(limit.max()));
        }
        table.appendTo(out);
    }

    private static void line(StringBuilder out, String text) {
        out.append(TextTable.printable(text)).append('\n');
    }
}
