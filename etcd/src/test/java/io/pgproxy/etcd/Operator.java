package io.pgproxy.etcd;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.AuthEnableRequest;
import io.etcd.jetcd.api.AuthGrpc;
import io.etcd.jetcd.api.AuthRoleAddRequest;
import io.etcd.jetcd.api.AuthRoleGrantPermissionRequest;
import io.etcd.jetcd.api.AuthUserAddRequest;
import io.etcd.jetcd.api.AuthUserGrantRoleRequest;
import io.etcd.jetcd.api.AuthenticateRequest;
import io.etcd.jetcd.api.CompactionRequest;
import io.etcd.jetcd.api.DeleteRangeRequest;
import io.etcd.jetcd.api.KVGrpc;
import io.etcd.jetcd.api.LeaseGrpc;
import io.etcd.jetcd.api.LeaseRevokeRequest;
import io.etcd.jetcd.api.MaintenanceGrpc;
import io.etcd.jetcd.api.Permission;
import io.etcd.jetcd.api.PutRequest;
import io.etcd.jetcd.api.StatusRequest;
import io.etcd.jetcd.api.StatusResponse;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import io.netty.handler.ssl.SslContext;
import io.pgproxy.config.EtcdEndpoint;
import java.util.concurrent.TimeUnit;

/** What somebody else does to etcd meanwhile. */
public final class Operator implements AutoCloseable {
    private static final Metadata.Key<String> TOKEN = Metadata.Key.of("token", Metadata.ASCII_STRING_MARSHALLER);

    private final ManagedChannel channel;
    private final Metadata headers = new Metadata();

    public Operator(EtcdEndpoint endpoint) {
        channel = NettyChannelBuilder.forAddress(endpoint.host(), endpoint.port())
                .usePlaintext()
                .build();
    }

    /** One who has a certificate. */
    public Operator(EtcdEndpoint endpoint, SslContext tls) {
        channel = NettyChannelBuilder.forAddress(endpoint.host(), endpoint.port())
                .sslContext(tls)
                .build();
    }

    private KVGrpc.KVBlockingStub keys() {
        return KVGrpc.newBlockingStub(channel)
                .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
                .withDeadlineAfter(10, TimeUnit.SECONDS);
    }

    /** What is done to keys from here on is done by that user, until etcd's token ends. */
    public void logIn(String user, String password) {
        headers.removeAll(TOKEN);
        headers.put(
                TOKEN,
                AuthGrpc.newBlockingStub(channel)
                        .withDeadlineAfter(10, TimeUnit.SECONDS)
                        .authenticate(AuthenticateRequest.newBuilder()
                                .setName(user)
                                .setPassword(password)
                                .build())
                        .getToken());
    }

    public void put(ByteString key, ByteString value) {
        keys().put(PutRequest.newBuilder().setKey(key).setValue(value).build());
    }

    public void delete(ByteString key) {
        keys().deleteRange(DeleteRangeRequest.newBuilder().setKey(key).build());
    }

    /** Forgets all that was before the newest change. */
    public void compact() {
        keys().compact(CompactionRequest.newBuilder().setRevision(revision()).build());
    }

    /** That of a change that is made for this, and concerns nobody. */
    public long revision() {
        return keys().put(PutRequest.newBuilder()
                        .setKey(ByteString.copyFromUtf8("other"))
                        .build())
                .getHeader()
                .getRevision();
    }

    public void revoke(long lease) {
        LeaseGrpc.newBlockingStub(channel)
                .withDeadlineAfter(10, TimeUnit.SECONDS)
                .leaseRevoke(LeaseRevokeRequest.newBuilder().setID(lease).build());
    }

    public boolean leads() {
        StatusResponse status = MaintenanceGrpc.newBlockingStub(channel)
                .withDeadlineAfter(10, TimeUnit.SECONDS)
                .status(StatusRequest.getDefaultInstance());
        return status.getLeader() == status.getHeader().getMemberId();
    }

    /** From here on etcd asks everybody who they are, and lets that user read and write our keys. */
    public void enableUsers(String user, String password) {
        enableUsers(user, password, ByteString.copyFromUtf8("/pgproxy/"), Permission.Type.READWRITE);
    }

    /** The same with a user who may only read, below that prefix. */
    public void enableUsers(String user, String password, ByteString prefix) {
        enableUsers(user, password, prefix, Permission.Type.READ);
    }

    private void enableUsers(String user, String password, ByteString prefix, Permission.Type type) {
        AuthGrpc.AuthBlockingStub users = AuthGrpc.newBlockingStub(channel).withDeadlineAfter(10, TimeUnit.SECONDS);
        addUser(users, "root", "root");
        addUser(users, user, password);
        addRole(users, "root", "root");
        addRole(users, "proxies", user);
        users.roleGrantPermission(AuthRoleGrantPermissionRequest.newBuilder()
                .setName("proxies")
                .setPerm(Permission.newBuilder()
                        .setPermType(type)
                        .setKey(prefix)
                        .setRangeEnd(KeyRange.below(prefix.toStringUtf8()).end()))
                .build());
        users.authEnable(AuthEnableRequest.getDefaultInstance());
    }

    private static void addUser(AuthGrpc.AuthBlockingStub users, String name, String password) {
        users.userAdd(AuthUserAddRequest.newBuilder()
                .setName(name)
                .setPassword(password)
                .build());
    }

    private static void addRole(AuthGrpc.AuthBlockingStub users, String role, String user) {
        users.roleAdd(AuthRoleAddRequest.newBuilder().setName(role).build());
        users.userGrantRole(AuthUserGrantRoleRequest.newBuilder()
                .setUser(user)
                .setRole(role)
                .build());
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }
}
