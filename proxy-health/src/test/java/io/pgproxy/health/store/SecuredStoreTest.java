package io.pgproxy.health.store;

import static io.pgproxy.etcd.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.grpc.netty.GrpcSslContexts;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import io.pgproxy.config.EtcdConfig;
import io.pgproxy.config.EtcdEndpoint;
import io.pgproxy.etcd.EtcdMember;
import io.pgproxy.etcd.Operator;
import io.pgproxy.etcd.TokenKeys;
import io.pgproxy.etcd.Wire;
import io.pgproxy.health.LogLines;
import io.pgproxy.health.store.StoreWatchStatus.State;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The watch at a real etcd that wants to know who it is: by a certificate, by a user, by a token that ends. */
@Timeout(90)
class SecuredStoreTest {
    private static final String PASSWORD = "s3cret";
    private static final ByteString LEADER = ByteString.copyFromUtf8(Listening.PREFIX + "leader");

    @TempDir
    Path folder;

    private Optional<EtcdMember> member = Optional.empty();
    private Optional<Operator> patroni = Optional.empty();

    @AfterEach
    void stops() {
        patroni.ifPresent(Operator::close);
        member.ifPresent(EtcdMember::close);
    }

    private void lead(String name) {
        patroni.orElseThrow().put(LEADER, ByteString.copyFromUtf8(name));
    }

    private boolean writesTheFirstKey() {
        try {
            lead("pg102");
            return true;
        } catch (RuntimeException e) {
            return false;
        }
    }

    // ---- certificates ------------------------------------------------------------------------------------------

    private void write(String name, X509Bundle bundle) throws IOException {
        Files.writeString(folder.resolve(name + ".pem"), bundle.getCertificatePEM());
        Files.writeString(folder.resolve(name + ".key"), bundle.getPrivateKeyPEM());
    }

    private String file(String name) {
        return folder.resolve(name).toString();
    }

    @Test
    void hearsOfChangesOverTls() throws Exception {
        X509Bundle authority = new CertificateBuilder()
                .subject("CN=etcd CA")
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
        write("ca", authority);
        write(
                "server",
                new CertificateBuilder()
                        .subject("CN=etcd")
                        .addSanIpAddress("127.0.0.1")
                        .buildIssuedBy(authority));
        write("client", new CertificateBuilder().subject("CN=pgproxy").buildIssuedBy(authority));
        EtcdMember started = EtcdMember.aloneOverTls(
                folder,
                "--cert-file",
                file("server.pem"),
                "--key-file",
                file("server.key"),
                "--trusted-ca-file",
                file("ca.pem"),
                "--client-cert-auth");
        member = Optional.of(started);
        patroni = Optional.of(new Operator(
                started.endpoint(),
                GrpcSslContexts.forClient()
                        .trustManager(folder.resolve("ca.pem").toFile())
                        .keyManager(
                                folder.resolve("client.pem").toFile(),
                                folder.resolve("client.key").toFile())
                        .build()));
        eventually("etcd answers", this::writesTheFirstKey);
        EtcdConfig config = new EtcdConfig(
                List.of(started.endpoint()),
                Optional.empty(),
                Optional.empty(),
                Optional.of(folder.resolve("ca.pem")),
                Optional.of(folder.resolve("client.pem")),
                Optional.of(folder.resolve("client.key")));

        try (Listening listening = new Listening(config, Duration.ofMinutes(10)).watching()) {
            assertThat(listening.hasHeardOf("pg102")).isTrue();
            lead("pg103");
            eventually("the new leader is told", () -> listening.hasHeardOf("pg103"));
        }
    }

    // ---- users -------------------------------------------------------------------------------------------------

    /** An etcd with users, of whom ours may read what is below that prefix. */
    private EtcdMember startWithUsers(String prefix, String... options) {
        EtcdMember started = EtcdMember.alone(folder, options);
        member = Optional.of(started);
        Operator operator = new Operator(started.endpoint());
        patroni = Optional.of(operator);
        eventually("etcd answers", this::writesTheFirstKey);
        operator.enableUsers("proxy", PASSWORD, ByteString.copyFromUtf8(prefix));
        operator.logIn("root", "root");
        return started;
    }

    private EtcdConfig asProxy(EtcdEndpoint endpoint) throws IOException {
        return new EtcdConfig(
                List.of(endpoint),
                Optional.of("proxy"),
                Optional.of(Files.writeString(folder.resolve("password"), PASSWORD)),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    /** Before this token has ended as well. */
    private boolean leadsAnew() {
        try {
            patroni.orElseThrow().logIn("root", "root");
            lead("pg103");
            return true;
        } catch (RuntimeException e) {
            return false;
        }
    }

    @Test
    void hearsOfChangesAsAUserWhoMayOnlyRead() throws Exception {
        EtcdMember started = startWithUsers(Listening.PREFIX);

        try (Listening listening = new Listening(asProxy(started.endpoint()), Duration.ofMinutes(10)).watching()) {
            assertThat(listening.hasHeardOf("pg102")).isTrue();
            lead("pg103");
            eventually("the new leader is told", () -> listening.hasHeardOf("pg103"));
        }
    }

    @Test
    void saysThatItsUserMayNotRead() throws Exception {
        EtcdMember started = startWithUsers("/other/");

        try (LogLines lines = LogLines.of(PatroniStoreWatch.class);
                Listening listening = new Listening(asProxy(started.endpoint()), Duration.ofMinutes(10))) {
            eventually("it is given up", () -> listening.status().state() == State.LOST);

            assertThat(lines.texts()).anyMatch(line -> line.contains("permission denied"));
        }
    }

    /** A watch is asked for its token when it is made; reads are each time. */
    @Test
    void goesOnWhenItsTokenHasEnded() throws Exception {
        EtcdMember started = startWithUsers(Listening.PREFIX, "--auth-token", TokenKeys.option(folder, "1s"));

        try (Wire wire = new Wire(started.endpoint());
                Listening listening = new Listening(asProxy(wire.endpoint()), Duration.ofMillis(200)).watching()) {
            long begunNanos = System.nanoTime();
            eventually(
                    "tokens have ended, and it is read on",
                    () -> listening.status().heardNanos().orElseThrow() - begunNanos > 3_000_000_000L);
            listening.watching();
            assertThat(listening.told).doesNotContain(Optional.empty());

            wire.cut();
            eventually("the watch is over", () -> listening.status().restarts() > 0);
            listening.watching();
            long before = listening.status().changes();
            eventually("there is a new leader", this::leadsAnew);

            eventually("the new leader is told", () -> listening.hasHeardOf("pg103"));
            eventually("by the watch", () -> listening.status().changes() > before);
        }
    }
}
