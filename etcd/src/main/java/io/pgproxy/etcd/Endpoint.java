package io.pgproxy.etcd;

import io.etcd.jetcd.api.ResponseHeader;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptors;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One member of etcd, and what is known of it from its last answers. It has a connection of its own: behind one for all
 * members a frozen one would cost every third call its whole time. Confined to the event loop.
 */
final class Endpoint {
    /** What is asked is given up after this long; longer than any call, since late answers tell of the member too. */
    static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** A dead connection looks like a member that is silent; after so many silences another one is made. */
    private static final int SILENCES = 2;

    /** A member without a leader says so at once, instead of waiting for one. */
    private static final Metadata.Key<String> NEEDS_LEADER =
            Metadata.Key.of("hasleader", Metadata.ASCII_STRING_MARSHALLER);

    private static final Metadata.Key<String> TOKEN = Metadata.Key.of("token", Metadata.ASCII_STRING_MARSHALLER);

    private static final Logger LOG = LoggerFactory.getLogger(Endpoint.class);

    /** How a member does, by its last answer or silence. */
    enum State {
        UNKNOWN,
        ANSWERS,
        FAILS
    }

    private final String name;
    private final Supplier<ManagedChannel> connecting;
    private final Clusters clusters;
    private ManagedChannel channel;
    private State state = State.UNKNOWN;
    private int silences;

    /** @param connecting makes a channel, which connects as soon as it is asked something */
    Endpoint(String name, Supplier<ManagedChannel> connecting, Clusters clusters) {
        this.name = name;
        this.connecting = connecting;
        channel = connecting.get();
        this.clusters = clusters;
    }

    boolean fails() {
        return state == State.FAILS;
    }

    /** Asks; the answer or the trouble is told once, and never before this returns. */
    <Q, A> void ask(
            Question<Q, A, ?> question,
            Optional<String> token,
            long patienceNanos,
            Consumer<A> answered,
            Consumer<Trouble> troubled) {
        CallOptions options = CallOptions.DEFAULT.withDeadlineAfter(patienceNanos, TimeUnit.NANOSECONDS);
        ClientCalls.asyncUnaryCall(
                call(question.method(), options, token), question.request(), new StreamObserver<A>() {
                    private boolean told;

                    @Override
                    public void onNext(A answer) {
                        if (!told) {
                            told = true;
                            judge(question.header().apply(answer), () -> answered.accept(answer), troubled);
                        }
                    }

                    @Override
                    public void onError(Throwable thrown) {
                        if (!told) {
                            told = true;
                            Trouble trouble = Trouble.of(thrown);
                            hadTrouble(trouble);
                            troubled.accept(trouble);
                        }
                    }

                    @Override
                    public void onCompleted() {
                        onError(Status.INTERNAL
                                .withDescription("it answered nothing")
                                .asException());
                    }
                });
    }

    private void judge(ResponseHeader header, Runnable counts, Consumer<Trouble> troubled) {
        Optional<String> objection = objection(header);
        if (objection.isEmpty()) {
            wasHeard();
            counts.run();
        } else {
            Trouble trouble = new Trouble(Trouble.Kind.ELSEWHERE, objection.get());
            hadTrouble(trouble);
            troubled.accept(trouble);
        }
    }

    /** Why what it says does not count; empty if it does. */
    Optional<String> objection(ResponseHeader header) {
        return clusters.objection(name, header.getClusterId());
    }

    /** Begins a call that the caller sees to, without a deadline. */
    <Q, A> ClientCall<Q, A> open(MethodDescriptor<Q, A> method, Optional<String> token) {
        return call(method, CallOptions.DEFAULT, token);
    }

    private <Q, A> ClientCall<Q, A> call(MethodDescriptor<Q, A> method, CallOptions options, Optional<String> token) {
        // gRPC waits for up to two minutes before it connects again; here somebody wants an answer now.
        if (channel.getState(true) == ConnectivityState.TRANSIENT_FAILURE) {
            channel.resetConnectBackoff();
        }
        Metadata headers = new Metadata();
        headers.put(NEEDS_LEADER, "true");
        token.ifPresent(value -> headers.put(TOKEN, value));
        return ClientInterceptors.intercept(channel, MetadataUtils.newAttachHeadersInterceptor(headers))
                .newCall(method, options);
    }

    private void wasHeard() {
        silences = 0;
        become(State.ANSWERS, "");
    }

    private void hadTrouble(Trouble trouble) {
        switch (trouble.kind()) {
            case SILENCE -> wasSilent();
            case ELSEWHERE -> {
                silences = 0;
                become(State.FAILS, trouble.text());
            }
            case TOKEN, NO_USERS, NO_LEASE, FINAL -> wasHeard();
        }
    }

    private void wasSilent() {
        silences++;
        if (silences >= SILENCES) {
            silences = 0;
            become(State.FAILS, "no answer within " + TimeUnit.NANOSECONDS.toMillis(PATIENCE_NANOS) + " ms");
            reconnect();
        }
    }

    /** An idle channel would keep the old connection for 5 s more; what still waits on it is given up with it. */
    private void reconnect() {
        if (!channel.isShutdown()) {
            channel.shutdownNow();
            channel = connecting.get();
        }
    }

    private void become(State next, String reason) {
        if (next == state || channel.isShutdown()) {
            return;
        }
        State before = state;
        state = next;
        switch (next) {
            case UNKNOWN -> {}
            case ANSWERS -> LOG.info("etcd {}: {} -> {}", name, before, next);
            case FAILS -> LOG.warn("etcd {}: {} -> {}: {}", name, before, next, reason);
        }
    }

    void close() {
        channel.shutdownNow();
    }

    /** Whether nothing of its connection is left. */
    boolean isGone() {
        return channel.isTerminated();
    }

    @Override
    public String toString() {
        return name;
    }
}
