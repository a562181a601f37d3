package io.pgproxy.admin;

import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.Optional;

/**
 * What a path has to say. Immutable.
 *
 * @param contentType with its charset, which is always UTF-8
 * @param allowed the methods to come back with, if it was asked by another
 */
record Answer(HttpResponseStatus status, String contentType, String body, Optional<String> allowed) {
    private static final String TEXT = "text/plain; charset=utf-8";
    private static final String HTML = "text/html; charset=utf-8";
    private static final String JSON = "application/json; charset=utf-8";
    /** Prometheus' text format; the version is part of the type. */
    private static final String METRICS = "text/plain; version=0.0.4; charset=utf-8";

    static Answer text(HttpResponseStatus status, String body) {
        return new Answer(status, TEXT, body, Optional.empty());
    }

    static Answer onlyBy(String allowed) {
        return new Answer(HttpResponseStatus.METHOD_NOT_ALLOWED, TEXT, "Only " + allowed + ".\n", Optional.of(allowed));
    }

    static Answer html(String body) {
        return new Answer(HttpResponseStatus.OK, HTML, body, Optional.empty());
    }

    static Answer json(String body) {
        return new Answer(HttpResponseStatus.OK, JSON, body, Optional.empty());
    }

    static Answer metrics(String body) {
        return new Answer(HttpResponseStatus.OK, METRICS, body, Optional.empty());
    }
}
