package io.pgproxy.vip.etcd;

import io.etcd.jetcd.api.LeaseGrantRequest;
import io.etcd.jetcd.api.LeaseGrantResponse;
import io.etcd.jetcd.api.LeaseGrpc;
import io.etcd.jetcd.api.LeaseRevokeRequest;
import io.etcd.jetcd.api.LeaseRevokeResponse;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.pgproxy.config.EtcdEndpoint;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A member that grants leases when the test says so, and knows which were given back. */
final class FakeMember extends LeaseGrpc.LeaseImplBase implements AutoCloseable {
    private final BlockingQueue<StreamObserver<LeaseGrantResponse>> grants = new LinkedBlockingQueue<>();
    final CompletableFuture<Long> revoked = new CompletableFuture<>();
    private final Server server;

    FakeMember() throws IOException {
        server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .addService(this)
                .build()
                .start();
    }

    EtcdEndpoint endpoint() {
        return new EtcdEndpoint(false, "127.0.0.1", server.getPort());
    }

    @Override
    public void leaseGrant(LeaseGrantRequest request, StreamObserver<LeaseGrantResponse> answer) {
        grants.add(answer);
    }

    /** Answers the first request for a lease that has not been answered yet. */
    void grant(long lease, long ttlSeconds) throws Exception {
        StreamObserver<LeaseGrantResponse> answer = asked();
        answer.onNext(
                LeaseGrantResponse.newBuilder().setID(lease).setTTL(ttlSeconds).build());
        answer.onCompleted();
    }

    /** The same, with a no. */
    void refuse() throws Exception {
        asked().onError(Status.UNAVAILABLE
                .withDescription("etcdserver: no leader")
                .asException());
    }

    private StreamObserver<LeaseGrantResponse> asked() throws Exception {
        StreamObserver<LeaseGrantResponse> answer = grants.poll(10, TimeUnit.SECONDS);
        if (answer == null) {
            throw new TimeoutException("nobody has asked for a lease");
        }
        return answer;
    }

    @Override
    public void leaseRevoke(LeaseRevokeRequest request, StreamObserver<LeaseRevokeResponse> answer) {
        revoked.complete(request.getID());
        answer.onNext(LeaseRevokeResponse.getDefaultInstance());
        answer.onCompleted();
    }

    @Override
    public void close() {
        server.shutdownNow();
    }
}
