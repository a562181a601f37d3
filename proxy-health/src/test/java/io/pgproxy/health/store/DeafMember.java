package io.pgproxy.health.store;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.KVGrpc;
import io.etcd.jetcd.api.KeyValue;
import io.etcd.jetcd.api.RangeResponse;
import io.etcd.jetcd.api.ResponseHeader;
import io.etcd.jetcd.api.ResponseOp;
import io.etcd.jetcd.api.TxnRequest;
import io.etcd.jetcd.api.TxnResponse;
import io.etcd.jetcd.api.WatchGrpc;
import io.etcd.jetcd.api.WatchRequest;
import io.etcd.jetcd.api.WatchResponse;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.pgproxy.config.EtcdEndpoint;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A member that answers reads, and whose watches say that all is well and never tell what has happened. As the newer ones
 * do, it says nothing to a watch that is to begin in the future.
 */
final class DeafMember implements AutoCloseable {
    final AtomicInteger watches = new AtomicInteger();
    final AtomicInteger progressTold = new AtomicInteger();
    final AtomicInteger reads = new AtomicInteger();
    volatile boolean refusesReads;
    volatile boolean refusesWatches;
    volatile List<String> members = List.of();
    /** Whether there are more members than those. */
    volatile boolean cuts;

    private final Server server;
    private final AtomicLong revision = new AtomicLong(1);
    private volatile String leader = "pg102";

    DeafMember() throws IOException {
        server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .addService(new Reads())
                .addService(new Watches())
                .build()
                .start();
    }

    EtcdEndpoint endpoint() {
        return new EtcdEndpoint(false, "127.0.0.1", server.getPort());
    }

    /** As one that lags far behind, or was restored from a backup. */
    void goBack(String member) {
        leader = member;
        revision.set(1);
    }

    void lead(String member) {
        leader = member;
        revision.incrementAndGet();
    }

    private ResponseHeader.Builder header() {
        return ResponseHeader.newBuilder().setClusterId(7).setRevision(revision.get());
    }

    private final class Reads extends KVGrpc.KVImplBase {
        @Override
        public void txn(TxnRequest request, StreamObserver<TxnResponse> answer) {
            reads.incrementAndGet();
            if (refusesReads) {
                answer.onError(refusal());
                return;
            }
            TxnResponse.Builder response =
                    TxnResponse.newBuilder().setSucceeded(true).setHeader(header());
            for (int n = 0; n < request.getSuccessCount(); n++) {
                ByteString key = request.getSuccess(n).getRequestRange().getKey();
                RangeResponse.Builder range = RangeResponse.newBuilder();
                if (key.toStringUtf8().endsWith("/leader")) {
                    range.addKvs(pair(key, leader));
                } else if (key.toStringUtf8().endsWith("/members/")) {
                    members.forEach(member -> range.addKvs(pair(key.concat(ByteString.copyFromUtf8(member)), "{}")));
                    range.setMore(cuts);
                }
                response.addResponses(ResponseOp.newBuilder().setResponseRange(range));
            }
            answer.onNext(response.build());
            answer.onCompleted();
        }
    }

    /** For which no other member is asked, nor this one again. */
    private static StatusException refusal() {
        return Status.PERMISSION_DENIED
                .withDescription("etcdserver: permission denied")
                .asException();
    }

    private KeyValue pair(ByteString key, String value) {
        return KeyValue.newBuilder()
                .setKey(key)
                .setValue(ByteString.copyFromUtf8(value))
                .setModRevision(revision.get())
                .build();
    }

    private final class Watches extends WatchGrpc.WatchImplBase {
        @Override
        public StreamObserver<WatchRequest> watch(StreamObserver<WatchResponse> answer) {
            watches.incrementAndGet();
            boolean refused = refusesWatches;
            if (refused) {
                answer.onError(refusal());
            }
            return new StreamObserver<>() {
                private long from;

                @Override
                public void onNext(WatchRequest request) {
                    if (refused) {
                        return;
                    }
                    if (request.hasCreateRequest()) {
                        from = Math.max(from, request.getCreateRequest().getStartRevision());
                        answer.onNext(response().setCreated(true).setWatchId(1).build());
                    } else if (from <= revision.get()) {
                        progressTold.incrementAndGet();
                        answer.onNext(response().setWatchId(-1).build());
                    }
                }

                private WatchResponse.Builder response() {
                    return WatchResponse.newBuilder().setHeader(header());
                }

                @Override
                public void onError(Throwable thrown) {}

                @Override
                public void onCompleted() {}
            };
        }
    }

    @Override
    public void close() {
        server.shutdownNow();
    }
}
