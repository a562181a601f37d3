package io.pgproxy.etcd;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.AuthGrpc;
import io.etcd.jetcd.api.AuthenticateRequest;
import io.etcd.jetcd.api.AuthenticateResponse;
import io.etcd.jetcd.api.MaintenanceGrpc;
import io.etcd.jetcd.api.StatusRequest;
import io.etcd.jetcd.api.StatusResponse;
import java.util.Optional;

/** What the client asks for itself. Stateless. */
final class OwnQuestions {
    private OwnQuestions() {}

    static Question<?, ?, String> login(String user, ByteString password) {
        return new Question<>(
                "logging in as " + user,
                AuthGrpc.getAuthenticateMethod(),
                AuthenticateRequest.newBuilder()
                        .setName(user)
                        .setPasswordBytes(password)
                        .build(),
                AuthenticateResponse::getHeader,
                AuthenticateResponse::getToken,
                Optional.empty());
    }

    static Question<?, ?, EtcdVersion> version() {
        return new Question<>(
                "asking for the version",
                MaintenanceGrpc.getStatusMethod(),
                StatusRequest.getDefaultInstance(),
                StatusResponse::getHeader,
                (StatusResponse answer) -> EtcdVersion.read(answer.getVersion()),
                Optional.empty());
    }
}
