package io.pgproxy.etcd;

import io.etcd.jetcd.api.Event;
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
 * One watch on some keys at one member, until it breaks; who wants more begins another one. A connection that has gone
 * silent is found out, since the member is asked all the time how far it is. That a member answers this and still leaves
 * out what has happened cannot be seen here: who must know reads besides. Confined to the event loop.
 */
public final class Watch {
    private static final long PROGRESS_NANOS = TimeUnit.SECONDS.toNanos(1);
    /** A member answers a request for progress in a millisecond. */
    private static final long SILENT_NANOS = TimeUnit.SECONDS.toNanos(3);

    private static final Logger LOG = LoggerFactory.getLogger(Watch.class);

    /** Hears what comes of it, on the event loop. */
    public interface Listener {
        /** From here on nothing that happens to the keys is left out. */
        void made();

        /**
         * Something has happened to the keys.
         *
         * @param events in the order in which they happened, one at least
         */
        void changed(List<Event> events);

        /** Nothing more will be heard of this one, not even whether anything was missed. */
        void broke(String why);
    }

    private final EventLoop loop;
    private final Endpoints endpoints;
    private final Credentials credentials;
    private final List<KeyRange> ranges;
    private final long fromRevision;
    private final Listener listener;
    private @Nullable Stream stream;
    private boolean over;

    /**
     * @param fromRevision the first change that is told; 0 for whatever comes next. It has to be reached already: etcd
     *     from 3.6.2 on tells no progress before that, and the watch would be taken for silent
     * @see <a href="https://github.com/etcd-io/etcd/pull/20229">why etcd does not</a>
     */
    Watch(
            EventLoop loop,
            Endpoints endpoints,
            Credentials credentials,
            List<KeyRange> ranges,
            long fromRevision,
            Listener listener) {
        this.loop = loop;
        this.endpoints = endpoints;
        this.credentials = credentials;
        this.ranges = List.copyOf(ranges);
        this.fromRevision = fromRevision;
        this.listener = listener;
    }

    void begin() {
        credentials.provide(this::open, trouble -> broke(trouble.text()));
    }

    /** Whether it has broken or was ended. */
    public boolean isOver() {
        return over;
    }

    /** Ends it; the listener hears nothing more. */
    public void end() {
        end("not needed any more");
    }

    /** The same, of one that has left out what has happened: another member is watched at next, if there is one. */
    public void endAsDeaf() {
        if (!over && stream != null) {
            endpoints.wasDeaf(stream.endpoint);
        }
        end("it has left something out");
    }

    private void open(Optional<String> token) {
        if (!over) {
            stream = new Stream(endpoints.toWatch(), token);
            stream.begin();
        }
    }

    private void broke(String why) {
        if (!over) {
            end(why);
            listener.broke(why);
        }
    }

    private void end(String why) {
        if (!over) {
            over = true;
            if (stream != null) {
                stream.cancel(why);
            }
        }
    }

    private final class Stream implements StreamObserver<WatchResponse> {
        private final Endpoint endpoint;
        private final Optional<String> token;
        private final ClientCall<WatchRequest, WatchResponse> call;
        private @Nullable Future<?> timer;
        private long heardNanos = System.nanoTime();
        private int made;

        Stream(Endpoint endpoint, Optional<String> token) {
            this.endpoint = endpoint;
            this.token = token;
            call = endpoint.open(WatchGrpc.getWatchMethod(), token);
        }

        void begin() {
            StreamObserver<WatchRequest> requests = ClientCalls.asyncBidiStreamingCall(call, this);
            ranges.forEach(range -> requests.onNext(create(range)));
            timer = loop.scheduleAtFixedRate(
                    () -> askHowFar(requests), PROGRESS_NANOS, PROGRESS_NANOS, TimeUnit.NANOSECONDS);
        }

        private WatchRequest create(KeyRange range) {
            return WatchRequest.newBuilder()
                    .setCreateRequest(WatchCreateRequest.newBuilder()
                            .setKey(range.key())
                            .setRangeEnd(range.end())
                            .setStartRevision(fromRevision))
                    .build();
        }

        private void askHowFar(StreamObserver<WatchRequest> requests) {
            if (System.nanoTime() - heardNanos > SILENT_NANOS) {
                failed("it has gone silent");
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
            Optional<String> objection = endpoint.objection(response.getHeader());
            if (objection.isPresent()) {
                failed(objection.get());
            } else if (response.getCanceled() || (response.getCreated() && response.getWatchId() < 0)) {
                // A watch that cannot be made is told as made and ended at once, for a token that is not valid, say.
                refused(response);
            } else {
                heard(response);
            }
        }

        private void refused(WatchResponse response) {
            if (response.getCancelReason().contains("auth token")
                    || response.getCancelReason().contains("permission denied")) {
                credentials.refused(token);
            }
            failed("ended by the member: "
                    + (response.getCompactRevision() > 0
                            ? "what was asked for is compacted"
                            : Trouble.plain(response.getCancelReason())));
        }

        private void heard(WatchResponse response) {
            if (response.getCreated()) {
                made++;
                if (made == ranges.size()) {
                    listener.made();
                }
            }
            if (response.getEventsCount() > 0) {
                listener.changed(response.getEventsList());
            }
        }

        @Override
        public void onError(Throwable thrown) {
            Trouble trouble = Trouble.of(thrown);
            if (trouble.kind() == Trouble.Kind.TOKEN) {
                credentials.refused(token);
            }
            failed(trouble.text());
        }

        @Override
        public void onCompleted() {
            failed("ended by the member");
        }

        private void failed(String why) {
            if (!over) {
                endpoints.watchBroke(endpoint);
                LOG.debug("the watch at etcd {} is over: {}", endpoint, why);
                broke(endpoint + ": " + why);
            }
        }

        void cancel(String why) {
            if (timer != null) {
                timer.cancel(false);
            }
            call.cancel(why, null);
        }
    }
}
