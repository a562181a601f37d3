package io.pgproxy.etcd;

import io.netty.channel.EventLoop;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at every member from time to time, those too that nobody asks anything: one that has failed is noticed before it
 * is needed, and one that has come back is used again. Confined to the event loop.
 */
final class Inspection {
    private static final long PERIOD_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final Logger LOG = LoggerFactory.getLogger(Inspection.class);

    private final EventLoop loop;
    private final Endpoints endpoints;
    private final Credentials credentials;
    private final Question<?, ?, ?> read;
    private final Map<Endpoint, EtcdVersion> versions = new HashMap<>();

    Inspection(EventLoop loop, Endpoints endpoints, Credentials credentials, Question<?, ?, ?> read) {
        this.loop = loop;
        this.endpoints = endpoints;
        this.credentials = credentials;
        this.read = read;
    }

    void begin() {
        loop.scheduleAtFixedRate(this::look, 0, PERIOD_NANOS, TimeUnit.NANOSECONDS);
    }

    private void look() {
        for (Endpoint endpoint : endpoints.all()) {
            ask(endpoint, read, answer -> {});
            ask(endpoint, OwnQuestions.version(), version -> saw(endpoint, version));
        }
    }

    private <R> void ask(Endpoint endpoint, Question<?, ?, R> question, Consumer<R> then) {
        new Search<>(
                        loop,
                        () -> List.of(endpoint),
                        credentials,
                        question,
                        new Search.Patience(Endpoint.PATIENCE_NANOS, Endpoint.PATIENCE_NANOS),
                        new Search.Told<R>() {
                            @Override
                            public void answer(Endpoint from, R answer) {
                                then.accept(answer);
                            }

                            @Override
                            public void failure(Trouble trouble) {
                                LOG.debug("looking at etcd {}: {}", endpoint, trouble.text());
                            }

                            @Override
                            public void surplus(R answer) {}
                        })
                .begin();
    }

    private void saw(Endpoint endpoint, EtcdVersion version) {
        if (!version.equals(versions.put(endpoint, version))) {
            version.warning()
                    .ifPresentOrElse(
                            why -> LOG.warn("etcd {} is version {}: {}", endpoint, version, why),
                            () -> LOG.info("etcd {} is version {}", endpoint, version));
        }
    }
}
