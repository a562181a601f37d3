package io.pgproxy.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.pgproxy.etcd.Trouble.Kind;
import java.net.ConnectException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TroubleTest {
    @ParameterizedTest
    @CsvSource({
        "UNAUTHENTICATED, etcdserver: invalid auth token, TOKEN",
        "UNKNOWN, etcdserver: invalid auth token, TOKEN",
        "INVALID_ARGUMENT, etcdserver: revision of auth store is old, TOKEN",
        "INVALID_ARGUMENT, etcdserver: user name is empty, TOKEN",
        "FAILED_PRECONDITION, etcdserver: authentication is not enabled, NO_USERS",
        "INVALID_ARGUMENT, 'etcdserver: authentication failed, invalid user ID or password', FINAL",
        "PERMISSION_DENIED, etcdserver: permission denied, FINAL",
        "NOT_FOUND, etcdserver: requested lease not found, NO_LEASE",
        "UNAVAILABLE, etcdserver: no leader, ELSEWHERE",
        "UNAVAILABLE, etcdserver: leader changed, ELSEWHERE",
        "UNKNOWN, raft: stopped, ELSEWHERE",
        "FAILED_PRECONDITION, etcdserver: not leader, ELSEWHERE",
        "RESOURCE_EXHAUSTED, etcdserver: too many requests, ELSEWHERE",
        "RESOURCE_EXHAUSTED, etcdserver: mvcc: database space exceeded, FINAL",
        "UNIMPLEMENTED, unknown service etcdserverpb.KV, ELSEWHERE",
        "DEADLINE_EXCEEDED, 'ClientCall started after ...', SILENCE",
    })
    void knowsWhatToDoAboutAnError(Status.Code code, String words, Kind kind) {
        assertThat(Trouble.of(code.toStatus().withDescription(words)).kind()).isEqualTo(kind);
    }

    @Test
    void saysWhyThereIsNoConnection() {
        Status status = Status.UNAVAILABLE
                .withDescription("io exception\nChannel Pipeline: [SslHandler#0]")
                .withCause(new RuntimeException(new ConnectException("Connection refused: e1/10.0.0.1:2379")));

        assertThat(Trouble.of(status).text()).isEqualTo("Connection refused: e1/10.0.0.1:2379");
    }

    @Test
    void saysWhatAFullEtcdNeeds() {
        assertThat(Trouble.of(Status.RESOURCE_EXHAUSTED.withDescription("etcdserver: mvcc: database space exceeded"))
                        .text())
                .contains("defragment");
    }

    @Test
    void keepsOthersWordsToOneShortLine() {
        assertThat(Trouble.of(Status.UNKNOWN.withDescription("\u001b[2Jx" + "y".repeat(10_000) + "\nz"))
                        .text())
                .startsWith("?[2Jxyyy")
                .hasSizeLessThan(210)
                .doesNotContain("\n");
    }
}
