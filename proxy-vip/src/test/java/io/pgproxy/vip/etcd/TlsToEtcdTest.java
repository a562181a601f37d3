package io.pgproxy.vip.etcd;

import static io.pgproxy.vip.etcd.Asking.CT100;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import io.pgproxy.config.EtcdConfig;
import io.pgproxy.config.EtcdEndpoint;
import io.pgproxy.etcd.EtcdMember;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A real etcd with {@code client-cert-auth}. */
@Timeout(60)
class TlsToEtcdTest {
    @TempDir
    static Path folder;

    private static EtcdMember member;
    private static X509Bundle authority;

    @BeforeAll
    static void startsEtcd() throws Exception {
        authority = authority("CN=etcd CA");
        write(
                "server",
                new CertificateBuilder()
                        .subject("CN=etcd")
                        .addSanIpAddress("127.0.0.1")
                        .buildIssuedBy(authority));
        write("client", client(authority));
        write("stranger", client(authority("CN=another CA")));
        Files.writeString(folder.resolve("ca.pem"), authority.getCertificatePEM());
        Files.writeString(
                folder.resolve("other-ca.pem"), authority("CN=another CA").getCertificatePEM());
        member = EtcdMember.aloneOverTls(
                folder,
                "--cert-file",
                folder.resolve("server.pem").toString(),
                "--key-file",
                folder.resolve("server.key").toString(),
                "--trusted-ca-file",
                folder.resolve("ca.pem").toString(),
                "--client-cert-auth");
        try (Asking good = asking(member.endpoint(), "ca.pem", Optional.of("client"))) {
            good.seen();
        }
    }

    @AfterAll
    static void stopsEtcd() {
        if (member != null) {
            member.close();
        }
    }

    private static X509Bundle authority(String name) throws Exception {
        return new CertificateBuilder()
                .subject(name)
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
    }

    private static X509Bundle client(X509Bundle authority) throws Exception {
        return new CertificateBuilder().subject("CN=pgproxy").buildIssuedBy(authority);
    }

    private static void write(String name, X509Bundle bundle) throws Exception {
        Files.writeString(folder.resolve(name + ".pem"), bundle.getCertificatePEM());
        Files.writeString(folder.resolve(name + ".key"), bundle.getPrivateKeyPEM());
    }

    private static EtcdConfig config(EtcdEndpoint endpoint, String ca, Optional<String> client) {
        return new EtcdConfig(
                List.of(endpoint),
                Optional.empty(),
                Optional.empty(),
                Optional.of(folder.resolve(ca)),
                client.map(name -> folder.resolve(name + ".pem")),
                client.map(name -> folder.resolve(name + ".key")));
    }

    private static Asking asking(EtcdEndpoint endpoint, String ca, Optional<String> client) {
        return new Asking(CT100, config(endpoint, ca, client));
    }

    @Test
    void speaksOverTlsWithItsCertificate() throws Exception {
        try (Asking good = asking(member.endpoint(), "ca.pem", Optional.of("client"))) {
            assertThat(good.seen().key()).isEmpty();
        }
    }

    @Test
    void isRefusedWithoutACertificate() throws Exception {
        try (Asking anonymous = asking(member.endpoint(), "ca.pem", Optional.empty())) {
            anonymous.failsFor("certificate");
        }
    }

    @Test
    void isRefusedWithAStrangersCertificate() throws Exception {
        try (Asking stranger = asking(member.endpoint(), "ca.pem", Optional.of("stranger"))) {
            stranger.failsFor("certificate");
        }
    }

    @Test
    void refusesAnEtcdThatAnotherAuthorityHasSigned() throws Exception {
        try (Asking careful = asking(member.endpoint(), "other-ca.pem", Optional.of("client"))) {
            careful.failsFor("valid certification path");
        }
    }

    @Test
    void refusesAnEtcdThatIsNamedOtherwise() throws Exception {
        EtcdEndpoint otherName =
                new EtcdEndpoint(true, "localhost", member.endpoint().port());
        try (Asking careful = asking(otherName, "ca.pem", Optional.of("client"))) {
            careful.failsFor("localhost");
        }
    }

    @Test
    void saysWhichFileCannotBeUsed() throws Exception {
        Path broken = Files.writeString(folder.resolve("broken.key"), "-----BEGIN EC PRIVATE KEY-----\n");
        Files.writeString(folder.resolve("broken.pem"), authority.getCertificatePEM());

        assertThatThrownBy(() -> asking(member.endpoint(), "ca.pem", Optional.of("broken")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("etcd.key-file")
                .hasMessageContaining(broken.toString());
    }
}
