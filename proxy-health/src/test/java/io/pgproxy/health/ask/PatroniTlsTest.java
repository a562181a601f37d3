package io.pgproxy.health.ask;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import io.pgproxy.config.NodeConfig;
import io.pgproxy.config.PatroniConfig;
import io.pgproxy.health.decide.ProbeOutcome;
import io.pgproxy.health.decide.ProbeOutcome.Kind;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An API that wants a client certificate, and certificates that are the right ones or not. */
@Timeout(60)
class PatroniTlsTest {
    private static final byte[] BODY =
            "{\"state\": \"running\", \"role\": \"primary\"}".getBytes(StandardCharsets.UTF_8);

    private final MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private X509Bundle authority;
    private HttpsServer server;
    private Path caFile;
    private Path certificateFile;
    private Path keyFile;

    @BeforeEach
    void start(@TempDir Path folder) throws Exception {
        authority = new CertificateBuilder()
                .subject("CN=Test CA")
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
        X509Bundle client = new CertificateBuilder().subject("CN=pgproxy").buildIssuedBy(authority);
        caFile = Files.writeString(folder.resolve("ca.pem"), authority.getCertificatePEM());
        certificateFile = Files.writeString(folder.resolve("client.pem"), client.getCertificatePEM());
        keyFile = Files.writeString(folder.resolve("client.key"), client.getPrivateKeyPEM());
        server = serve(new CertificateBuilder()
                .subject("CN=pg102")
                .addSanDnsName("pg102.test")
                .buildIssuedBy(authority));
    }

    @AfterEach
    void stop() {
        server.stop(0);
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }

    private static HttpsServer serve(X509Bundle certificate) throws Exception {
        KeyManagerFactory keys = certificate.toKeyManagerFactory();
        KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
        trusted.load(null, null);
        trusted.setCertificateEntry("ca", certificate.getRootCertificate());
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        HttpsServer server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(context) {
            @Override
            public void configure(HttpsParameters parameters) {
                SSLParameters wanted = context.getDefaultSSLParameters();
                wanted.setNeedClientAuth(true);
                parameters.setSSLParameters(wanted);
            }
        });
        server.createContext("/primary", exchange -> {
            exchange.sendResponseHeaders(200, BODY.length);
            exchange.getResponseBody().write(BODY);
            exchange.close();
        });
        server.start();
        return server;
    }

    private ProbeOutcome ask(String host, PatroniConfig config) {
        NodeConfig node =
                new NodeConfig("pg102", host, 5432, server.getAddress().getPort(), NodeConfig.Scheme.HTTPS, 100);
        return new HttpProbe(group.next(), Duration.ofSeconds(20), Optional.of(PatroniTls.read(config)))
                .ask(node, InetAddress.getLoopbackAddress())
                .toCompletableFuture()
                .join();
    }

    private PatroniConfig config(boolean verifyHost) {
        return new PatroniConfig(
                Optional.empty(), Optional.of(caFile), Optional.of(certificateFile), Optional.of(keyFile), verifyHost);
    }

    @Test
    void theRightCertificatesOnBothSidesGetAnAnswer() {
        assertThat(ask("pg102.test", config(true)).kind()).isEqualTo(Kind.ANSWERED);
    }

    @Test
    void aCertificateForAnotherHostIsNotTrusted() {
        assertThat(ask("pg103.test", config(true)).kind()).isEqualTo(Kind.NO_CONNECTION);
    }

    @Test
    void theHostIsNotVerifiedIfTheOperatorSaysSo() {
        assertThat(ask("pg103.test", config(false)).kind()).isEqualTo(Kind.ANSWERED);
    }

    @Test
    void anAuthorityThatIsNotOursIsNotTrusted() {
        PatroniConfig systemWide = new PatroniConfig(
                Optional.empty(), Optional.empty(), Optional.of(certificateFile), Optional.of(keyFile), true);
        assertThat(ask("pg102.test", systemWide).kind()).isEqualTo(Kind.NO_CONNECTION);
    }

    @Test
    void withoutAClientCertificateAnApiThatWantsOneDoesNotAnswer() {
        PatroniConfig anonymous =
                new PatroniConfig(Optional.empty(), Optional.of(caFile), Optional.empty(), Optional.empty(), true);
        assertThat(ask("pg102.test", anonymous).kind()).isEqualTo(Kind.NO_CONNECTION);
    }

    @Test
    void aFileThatCannotBeUsedIsNamed(@TempDir Path folder) throws IOException {
        Path broken = Files.writeString(folder.resolve("broken.pem"), "no certificate");
        PatroniConfig config =
                new PatroniConfig(Optional.empty(), Optional.of(broken), Optional.empty(), Optional.empty(), true);
        assertThatThrownBy(() -> PatroniTls.read(config))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("patroni.ca-file")
                .hasMessageContaining(broken.toString());
    }
}
