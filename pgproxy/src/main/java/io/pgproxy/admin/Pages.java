package io.pgproxy.admin;

import io.netty.handler.codec.http.HttpResponseStatus;
import io.pgproxy.status.StatusHtml;
import io.pgproxy.status.StatusJson;
import io.pgproxy.status.StatusReport.Readiness;
import java.util.List;
import java.util.function.Supplier;

/**
 * The paths of the admin port and what each answers. Stateless; what it is given is called on the admin thread and may
 * not block for long.
 */
final class Pages {
    private final Contents contents;
    private final Supplier<List<String>> stuckLoops;
    private final StatusJson json = new StatusJson();

    /** @param stuckLoops the names of the loops that do not turn */
    Pages(Contents contents, Supplier<List<String>> stuckLoops) {
        this.contents = contents;
        this.stuckLoops = stuckLoops;
    }

    /** @param path without a query */
    Answer answer(String path) {
        return switch (path) {
            case "/" -> Answer.html(StatusHtml.render(contents.status().get()));
            case "/metrics" -> Answer.metrics(contents.metrics().get());
            case "/healthz" -> healthz();
            case "/readyz" -> readyz();
            case "/api/v1/status" -> Answer.json(json.write(contents.status().get()));
            case "/api/v1/failovers" ->
                Answer.json(json.write(contents.failovers().get()));
            default ->
                Answer.text(
                        HttpResponseStatus.NOT_FOUND,
                        "There are /, /metrics, /healthz, /readyz, /api/v1/status and /api/v1/failovers here.\n");
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
        Readiness readiness = contents.status().get().readiness();
        return readiness.ready()
                ? Answer.text(HttpResponseStatus.OK, "ready\n")
                : Answer.text(HttpResponseStatus.SERVICE_UNAVAILABLE, String.join("\n", readiness.reasons()) + "\n");
    }
}
