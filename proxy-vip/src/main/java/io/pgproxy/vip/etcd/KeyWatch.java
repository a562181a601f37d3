package io.pgproxy.vip.etcd;

import io.etcd.jetcd.api.WatchCreateRequest;
import io.etcd.jetcd.api.WatchGrpc;
import io.etcd.jetcd.api.WatchProgressRequest;
import io.etcd.jetcd.api.WatchRequest;
import io.etcd.jetcd.api.WatchResponse;
import io.grpc.ClientCall;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import io.netty.channel.EventLoop;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells when the election key has moved. Only a hint: whoever hears it reads. What was missed between two watches is
 * nobody's loss, since every new watch is told as a move too; and one that has gone silent is found out, since a member
 * is asked all the time how far it is. Confined to the event loop.
 */
final class KeyWatch {
    private static final long PROGRESS_NANOS = TimeUnit.SECONDS.toNanos(1);
    /** A member answers a request for progress in a millisecond. */
    private static final long SILENT_NANOS = TimeUnit.SECONDS.toNanos(3);

    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final Logger LOG = LoggerFactory.getLogger(KeyWatch.class);

    private final EventLoop loop;
    private final Endpoints endpoints;
    private final Credentials credentials;
    private final ElectionKeys keys;

    private Runnable keyMoved = () -> {};
    private @Nullable Stream current;
    private @Nullable Endpoint broken;
    private boolean closed;

    KeyWatch(EventLoop loop, Endpoints endpoints, Credentials credentials, ElectionKeys keys) {
        this.loop = loop;
        this.endpoints = endpoints;
        this.credentials = credentials;
        this.keys = keys;
    }

    /** @param keyMoved told that the key may have moved */
    void begin(Runnable keyMoved) {
        this.keyMoved = keyMoved;
        another();
    }

    private void another() {
        if (!closed) {
            credentials.provide(this::open, trouble -> again());
        }
    }

    private void open(Optional<String> token) {
        if (!closed) {
            current = new Stream(next(), token);
            current.begin();
        }
    }

    /** The best member, but not the one that has just failed if there is another. */
    private Endpoint next() {
        List<Endpoint> order = endpoints.inOrder();
        return order.get(order.size() > 1 && order.get(0) == broken ? 1 : 0);
    }

    private void again() {
        if (!closed) {
            loop.schedule(this::another, PAUSE_NANOS, TimeUnit.NANOSECONDS);
        }
    }

    void close() {
        closed = true;
        if (current != null) {
            current.end("closed");
        }
    }

    /** One watch at one member, until it breaks. */
    private final class Stream implements StreamObserver<WatchResponse> {
        private final Endpoint endpoint;
        private final Optional<String> token;
        private final ClientCall<WatchRequest, WatchResponse> call;
        private @Nullable Future<?> timer;
        private long heardNanos = System.nanoTime();
        private boolean over;

        Stream(Endpoint endpoint, Optional<String> token) {
            this.endpoint = endpoint;
            this.token = token;
            call = endpoint.open(WatchGrpc.getWatchMethod(), token);
        }

        void begin() {
            StreamObserver<WatchRequest> requests = ClientCalls.asyncBidiStreamingCall(call, this);
            requests.onNext(WatchRequest.newBuilder()
                    .setCreateRequest(WatchCreateRequest.newBuilder().setKey(keys.election()))
                    .build());
            timer = loop.scheduleAtFixedRate(
                    () -> askHowFar(requests), PROGRESS_NANOS, PROGRESS_NANOS, TimeUnit.NANOSECONDS);
        }

        private void askHowFar(StreamObserver<WatchRequest> requests) {
            if (System.nanoTime() - heardNanos > SILENT_NANOS) {
                end("it has gone silent");
            } else if (!over) {
                requests.onNext(WatchRequest.newBuilder()
                        .setProgressRequest(WatchProgressRequest.getDefaultInstance())
                        .build());
            }
        }

        @Override
        public void onNext(WatchResponse response) {
            heardNanos = System.nanoTime();
            if (over) {
                return;
            }
            // A watch that cannot be made is told as made and ended at once, for a token that is not valid, say.
            if (response.getCanceled() || (response.getCreated() && response.getWatchId() < 0)) {
                if (response.getCancelReason().contains("auth token")
                        || response.getCancelReason().contains("permission denied")) {
                    credentials.refused(token);
                }
                end("ended by the member: " + Trouble.plain(response.getCancelReason()));
            } else if (response.getCreated() || response.getEventsCount() > 0) {
                keyMoved.run();
            }
        }

        @Override
        public void onError(Throwable thrown) {
            Trouble trouble = Trouble.of(thrown);
            if (trouble.kind() == Trouble.Kind.TOKEN) {
                credentials.refused(token);
            }
            end(trouble.text());
        }

        @Override
        public void onCompleted() {
            end("ended by the member");
        }

        void end(String why) {
            if (!over) {
                over = true;
                if (timer != null) {
                    timer.cancel(false);
                }
                broken = endpoint;
                LOG.debug("the watch at etcd {} is over: {}", endpoint, why);
                call.cancel(why, null);
                again();
            }
        }
    }
}
