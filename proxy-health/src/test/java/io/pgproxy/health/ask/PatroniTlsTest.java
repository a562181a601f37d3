package io.pgproxy.health.ask;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import io.pgproxy.config.NodeConfig;
import io.pgproxy.config.PatroniConfig;
import io.pgproxy.health.decide.ProbeOutcome;
import io.pgproxy.health.decide.ProbeOutcome.Kind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.KeyStore;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An API that wants a client certificate, and certificates that are the right ones or not. */
@Timeout(60)
class PatroniTlsTest {
    private static final char[] PASSWORD = "secret".toCharArray();

    private final MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private X509Bundle authority;
    private X509Bundle shown;
    private TlsPatroni server;
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
        shown = new CertificateBuilder()
                .subject("CN=pg102")
                .addSanDnsName("pg102.test")
                .buildIssuedBy(authority);
        server = new TlsPatroni(shown);
    }

    @AfterEach
    void stop() {
        server.close();
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }

    private ProbeOutcome ask(String host, PatroniConfig config) {
        return ask(server.node(host), config);
    }

    private ProbeOutcome ask(NodeConfig node, PatroniConfig config) {
        PatroniCertificates certificates = new PatroniCertificates(config, InstantSource.system());
        return new HttpProbe(group.next(), Duration.ofSeconds(20), Optional.of(certificates))
                .ask(node, InetAddress.getLoopbackAddress())
                .toCompletableFuture()
                .join();
    }

    private ProbeOutcome ask(RawServer other) {
        PatroniCertificates certificates = new PatroniCertificates(config(true), InstantSource.system());
        return new HttpProbe(group.next(), Duration.ofSeconds(20), Optional.of(certificates))
                .ask(
                        new NodeConfig("pg102", "pg102.test", 5432, other.port(), NodeConfig.Scheme.HTTPS, 100),
                        InetAddress.getLoopbackAddress())
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

    /** Patroni's own way: a body without a length, the goodbye of TLS, and then it waits for ours. */
    @Test
    void theGoodbyeOfTlsEndsABodyWithoutALength() throws Exception {
        try (ServerSocket patroni = TlsPatroni.context(shown)
                .getServerSocketFactory()
                .createServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Future<?> goodbye = CompletableFuture.runAsync(() -> answerAndWaitForTheGoodbye(patroni));
            int port = patroni.getLocalPort();

            ProbeOutcome outcome =
                    ask(new NodeConfig("pg102", "pg102.test", 5432, port, NodeConfig.Scheme.HTTPS, 100), config(true));

            assertThat(outcome.kind()).isEqualTo(Kind.ANSWERED);
            goodbye.get(10, TimeUnit.SECONDS);
        }
    }

    private static void answerAndWaitForTheGoodbye(ServerSocket patroni) {
        try (Socket socket = patroni.accept()) {
            socket.getInputStream().read();
            socket.getOutputStream()
                    .write("HTTP/1.0 200 OK\r\n\r\n{\"state\": \"running\", \"role\": \"primary\"}"
                            .getBytes(StandardCharsets.US_ASCII));
            socket.shutdownOutput();
            socket.getInputStream().readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
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
    void theNodesNameGoesOutInTheHandshake() {
        ask("pg102.test", config(true));
        assertThat(server.namesAskedFor()).containsExactly("pg102.test");
    }

    @Test
    void noNameGoesOutForANodeThatIsGivenByItsAddress() {
        ask("127.0.0.1", config(false));
        assertThat(server.namesAskedFor()).isEmpty();
    }

    @Test
    void aServerWithoutTlsIsNoConnectionAndSaysWhy() throws IOException {
        try (RawServer plain = RawServer.onFirstByte(client -> {
            RawServer.write(client, "HTTP/1.0 400 Bad Request\r\n\r\n");
            RawServer.readToEnd(client);
        })) {
            ProbeOutcome outcome = ask(plain);
            assertThat(outcome.kind()).isEqualTo(Kind.NO_CONNECTION);
            assertThat(outcome.detail()).startsWith("not an SSL/TLS record");
        }
    }

    @Test
    void aServerThatEndsTheHandshakeIsNoConnectionAndSaysWhy() throws IOException {
        try (RawServer hasty = RawServer.onFirstByte(client -> {})) {
            ProbeOutcome outcome = ask(hasty);
            assertThat(outcome.kind()).isEqualTo(Kind.NO_CONNECTION);
            assertThat(outcome.detail()).containsPattern("(?i)closed|reset");
        }
    }

    @Test
    void anAuthorityFileThatCannotBeUsedIsNamedWithTheReason(@TempDir Path folder) throws IOException {
        assertUnusable(folder, "it is a folder");
        assertUnusable(folder.resolve("absent.pem"), "there is no such file");
        assertUnusable(Files.writeString(folder.resolve("text.pem"), "no certificate"), "no certificate in it");
        assertUnusable(
                Files.writeString(
                        folder.resolve("garbage.pem"),
                        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"),
                "its certificates cannot be read");
        assertUnusable(Files.write(folder.resolve("huge.pem"), new byte[2 * 1024 * 1024]), "it is larger than");
        assertUnusable(Path.of("/dev/zero"), "it is no regular file");
    }

    private static void assertUnusable(Path caFile, String why) {
        PatroniConfig config =
                new PatroniConfig(Optional.empty(), Optional.of(caFile), Optional.empty(), Optional.empty(), true);
        assertThatThrownBy(() -> PatroniTls.read(config))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("patroni.ca-file: cannot use " + caFile + ": ")
                .hasMessageContaining(why);
    }

    @Test
    void aKeyThatCannotBeUsedIsNamedWithTheReason() throws Exception {
        Files.writeString(keyFile, "-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----\n");
        assertThatThrownBy(() -> PatroniTls.read(config(true)))
                .hasMessageContaining("patroni.key-file: cannot use " + keyFile)
                .hasMessageContaining("PKCS#8");
        Files.writeString(
                keyFile,
                new CertificateBuilder()
                        .subject("CN=other")
                        .setIsCertificateAuthority(true)
                        .buildSelfSigned()
                        .getPrivateKeyPEM());
        assertThatThrownBy(() -> PatroniTls.read(config(true)))
                .hasMessageContaining("it does not belong to the certificate in " + certificateFile);
    }

    @Test
    void keysOfBothKindsAreUnderstoodAlsoInOneFileWithTheCertificate() throws Exception {
        X509Bundle rsa = new CertificateBuilder().rsa2048().subject("CN=rsa").buildIssuedBy(authority);
        Files.writeString(certificateFile, rsa.getPrivateKeyPEM() + "some words\n" + rsa.getCertificatePathPEM());
        Files.copy(certificateFile, keyFile, StandardCopyOption.REPLACE_EXISTING);
        assertThat(ask("pg102.test", config(true)).kind()).isEqualTo(Kind.ANSWERED);
    }

    @Test
    void aKeyForThePssSchemeAloneBelongsToItsCertificate(@TempDir Path folder) throws Exception {
        KeyStore store = pssKey(folder.resolve("pss.p12"));
        writePem(certificateFile, "CERTIFICATE", store.getCertificate("pss").getEncoded());
        writePem(keyFile, "PRIVATE KEY", store.getKey("pss", PASSWORD).getEncoded());
        assertThat(PatroniTls.read(config(true)).expiries()).containsKey("certificate-file");
        writePem(
                keyFile,
                "PRIVATE KEY",
                pssKey(folder.resolve("other.p12")).getKey("pss", PASSWORD).getEncoded());
        assertThatThrownBy(() -> PatroniTls.read(config(true)))
                .hasMessageContaining("it does not belong to the certificate in " + certificateFile);
    }

    /** Made by the Java runtime's own tool: the key names no parameters of the scheme. */
    private static KeyStore pssKey(Path file) throws Exception {
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "pss",
                        "-keyalg",
                        "RSASSA-PSS",
                        "-keysize",
                        "2048",
                        "-dname",
                        "CN=pss",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        file.toString(),
                        "-storepass",
                        new String(PASSWORD))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        assertThat(keytool.waitFor()).isZero();
        return KeyStore.getInstance(file.toFile(), PASSWORD);
    }

    private static void writePem(Path file, String what, byte[] der) throws IOException {
        Files.writeString(
                file,
                "-----BEGIN " + what + "-----\n" + Base64.getMimeEncoder().encodeToString(der) + "\n-----END " + what
                        + "-----\n");
    }

    @Test
    void nobodyPrintsAKey() {
        assertThat(PemFile.read("key-file", keyFile).toString()).doesNotContain("BEGIN");
    }
}
