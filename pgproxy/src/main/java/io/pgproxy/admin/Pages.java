package io.pgproxy.admin;

import io.netty.handler.codec.http.HttpResponseStatus;
import io.pgproxy.status.StatusHtml;
import io.pgproxy.status.StatusJson;
import io.pgproxy.status.StatusReport;
import io.pgproxy.status.StatusReport.Readiness;
import java.util.List;
import java.util.function.Supplier;

/**
 * The paths of the admin port and what each answers. Stateless; what it is given is called on the admin thread and may
 * not block for long.
 */
final class Pages {
    private final Supplier<StatusReport> report;
    private final Supplier<String> metrics;
    private final Supplier<List<String>> stuckLoops;
    private final StatusJson json = new StatusJson();

    /**
     * @param metrics in Prometheus' text format
     * @param stuckLoops the names of the loops that do not turn
     */
    Pages(Supplier<StatusReport> report, Supplier<String> metrics, Supplier<List<String>> stuckLoops) {
        this.report = report;
        this.metrics = metrics;
        this.stuckLoops = stuckLoops;
    }

    /** @param path without a query */
    Answer answer(String path) {
        return switch (path) {
            case "/" -> Answer.html(StatusHtml.render(report.get()));
            case "/metrics" -> Answer.metrics(metrics.get());
            case "/healthz" -> healthz();
            case "/readyz" -> readyz();
            case "/api/v1/status" -> Answer.json(json.write(report.get()));
            default ->
                Answer.text(
                        HttpResponseStatus.NOT_FOUND,
                        "There are /, /metrics, /healthz, /readyz and /api/v1/status here.\n");
        };
    }

    /** For whoever restarts the process: only what a restart could mend makes it fail. */
    private Answer healthz() {
        List<String> stuck = stuckLoops.get();
        return stuck.isEmpty()
                ? Answer.text(HttpResponseStatus.OK, "ok\n")
                : Answer.text(
                        HttpResponseStatus.SERVICE_UNAVAILABLE, "does not turn: " + String.join(", ", stuck) + "\n");
    }

    /** For whoever sends clients here. */
    private Answer readyz() {
        Readiness readiness = report.get().readiness();
        return readiness.ready()
                ? Answer.text(HttpResponseStatus.OK, "ready\n")
                : Answer.text(HttpResponseStatus.SERVICE_UNAVAILABLE, String.join("\n", readiness.reasons()) + "\n");
    }
}
