package io.pgproxy.admin;

import io.netty.handler.codec.http.HttpResponseStatus;

/**
 * What a path has to say. Immutable.
 *
 * @param contentType with its charset, which is always UTF-8
 */
record Answer(HttpResponseStatus status, String contentType, String body) {
    private static final String TEXT = "text/plain; charset=utf-8";
    private static final String HTML = "text/html; charset=utf-8";
    private static final String JSON = "application/json; charset=utf-8";
    /** Prometheus' text format; the version is part of the type. */
    private static final String METRICS = "text/plain; version=0.0.4; charset=utf-8";

    static Answer text(HttpResponseStatus status, String body) {
        return new Answer(status, TEXT, body);
    }

    static Answer html(String body) {
        return new Answer(HttpResponseStatus.OK, HTML, body);
    }

    static Answer json(String body) {
        return new Answer(HttpResponseStatus.OK, JSON, body);
    }

    static Answer metrics(String body) {
        return new Answer(HttpResponseStatus.OK, METRICS, body);
    }
}
