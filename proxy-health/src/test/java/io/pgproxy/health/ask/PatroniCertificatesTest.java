package io.pgproxy.health.ask;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import io.pgproxy.config.PatroniConfig;
import io.pgproxy.health.LogLines;
import io.pgproxy.health.decide.ProbeOutcome;
import io.pgproxy.health.decide.ProbeOutcome.Kind;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Certificates that are renewed under our hands, and those that run out. Each look is taken by hand. */
@Timeout(60)
class PatroniCertificatesTest {
    private final Instant today = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    private final Instant inAYear = today.plus(365, ChronoUnit.DAYS);

    private final MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final EventLoop loop = group.next();
    private final LogLines lines = LogLines.of(PatroniCertificates.class);
    private final X509Bundle authority = authority();
    private X509Bundle issued = authority;

    @TempDir
    private Path folder;

    private Instant now = today;
    private TlsPatroni server;
    private PatroniCertificates certificates;

    @BeforeEach
    void start() throws Exception {
        server = new TlsPatroni(issue(authority, 1, today.plus(200, ChronoUnit.DAYS)));
        writeAuthority(authority);
        writeCertificate(issue(authority, 10, inAYear));
        writeKey(issued);
        certificates = read(folder);
    }

    @AfterEach
    void stop() {
        lines.close();
        server.close();
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }

    private X509Bundle authority() {
        return authority(today.plus(3650, ChronoUnit.DAYS));
    }

    private X509Bundle authority(Instant until) {
        return authority(today.minus(1, ChronoUnit.DAYS), until);
    }

    private static X509Bundle authority(Instant from, Instant until) {
        try {
            return new CertificateBuilder()
                    .subject("CN=Test CA")
                    .notBefore(from)
                    .notAfter(until)
                    .setIsCertificateAuthority(true)
                    .buildSelfSigned();
        } catch (Exception e) {
            throw new AssertionError("cannot make an authority", e);
        }
    }

    private X509Bundle issue(X509Bundle by, int serial, Instant until) throws Exception {
        issued = new CertificateBuilder()
                .subject("CN=pg102")
                .addSanDnsName("pg102.test")
                .serial(BigInteger.valueOf(serial))
                .notBefore(today.minus(1, ChronoUnit.DAYS))
                .notAfter(until)
                .buildIssuedBy(by);
        return issued;
    }

    private void writeAuthority(X509Bundle bundle) throws IOException {
        Files.writeString(folder.resolve("ca.pem"), bundle.getCertificatePEM());
    }

    private void writeCertificate(X509Bundle bundle) throws IOException {
        Files.writeString(folder.resolve("client.pem"), bundle.getCertificatePEM());
    }

    private void writeKey(X509Bundle bundle) throws IOException {
        Files.writeString(folder.resolve("client.key"), bundle.getPrivateKeyPEM());
    }

    private PatroniCertificates read(Path from) {
        return new PatroniCertificates(
                new PatroniConfig(
                        Optional.empty(),
                        Optional.of(from.resolve("ca.pem")),
                        Optional.of(from.resolve("client.pem")),
                        Optional.of(from.resolve("client.key")),
                        true),
                () -> now);
    }

    private Kind ask() {
        return new HttpProbe(loop, Duration.ofSeconds(20), Optional.of(certificates))
                .ask(server.node("pg102.test"), InetAddress.getLoopbackAddress())
                .toCompletableFuture()
                .join()
                .kind();
    }

    /** The serial number of the certificate that the server is shown. */
    private int shows() {
        assertThat(ask()).isEqualTo(Kind.ANSWERED);
        return server.shown().intValue();
    }

    @Test
    void aRenewedCertificateIsShownWithoutARestart() throws Exception {
        assertThat(shows()).isEqualTo(10);
        X509Bundle renewed = issue(authority, 11, inAYear);
        writeCertificate(renewed);
        writeKey(renewed);
        certificates.look();
        assertThat(shows()).isEqualTo(11);
        assertThat(lines.texts())
                .containsExactly("INFO patroni.certificate-file " + folder.resolve("client.pem")
                        + " was picked up, it expires on " + inAYear);
    }

    @Test
    void aCertificateWhoseKeyIsNotThereYetWaitsForIt() throws Exception {
        X509Bundle renewed = issue(authority, 11, inAYear);
        writeCertificate(renewed);
        certificates.look();
        certificates.look();
        assertThat(shows()).isEqualTo(10);
        assertThat(lines.texts()).singleElement().satisfies(line -> assertThat(line)
                .startsWith("WARN patroni.key-file")
                .contains("it does not belong to the certificate in")
                .endsWith("the certificates read before stay in use"));
        writeKey(renewed);
        certificates.look();
        assertThat(shows()).isEqualTo(11);
    }

    @Test
    void aFileThatIsAwayForAMomentChangesNothing() throws Exception {
        Files.delete(folder.resolve("ca.pem"));
        certificates.look();
        assertThat(shows()).isEqualTo(10);
        writeAuthority(authority);
        certificates.look();
        assertThat(lines.texts()).singleElement().satisfies(line -> assertThat(line)
                .contains("there is no such file"));
    }

    @Test
    void aSwappedLinkIsNoticed() throws Exception {
        Path first = Files.createDirectory(folder.resolve("first"));
        Path second = Files.createDirectory(folder.resolve("second"));
        X509Bundle renewed = issue(authority, 11, inAYear);
        for (String name : List.of("ca.pem", "client.pem", "client.key")) {
            Files.copy(folder.resolve(name), first.resolve(name));
        }
        writeCertificate(renewed);
        writeKey(renewed);
        for (String name : List.of("ca.pem", "client.pem", "client.key")) {
            Files.copy(folder.resolve(name), second.resolve(name));
        }
        Path link = Files.createSymbolicLink(folder.resolve("link"), first);
        certificates = read(link);
        assertThat(shows()).isEqualTo(10);
        Files.delete(link);
        Files.createSymbolicLink(link, second);
        certificates.look();
        assertThat(shows()).isEqualTo(11);
    }

    @Test
    void anotherAuthorityIsTrustedOnceItIsWritten() throws Exception {
        X509Bundle other = authority();
        server.close();
        server = new TlsPatroni(issue(other, 1, inAYear));
        assertThat(ask()).isEqualTo(Kind.NO_CONNECTION);
        writeAuthority(other);
        writeCertificate(issue(other, 12, inAYear));
        writeKey(issued);
        certificates.look();
        assertThat(shows()).isEqualTo(12);
    }

    @Test
    void expiriesAreKnown() throws Exception {
        assertThat(certificates.ofNode("pg102")).isEmpty();
        ask();
        assertThat(certificates.ofNode("pg102")).hasValue(today.plus(200, ChronoUnit.DAYS));
        Instant sooner = today.plus(100, ChronoUnit.DAYS);
        Files.writeString(
                folder.resolve("ca.pem"),
                authority.getCertificatePEM() + authority(sooner).getCertificatePEM());
        certificates.look();
        assertThat(certificates.ofFiles())
                .containsEntry("ca-file", today.plus(3650, ChronoUnit.DAYS))
                .containsEntry("certificate-file", inAYear)
                .containsOnlyKeys("ca-file", "certificate-file");
    }

    @Test
    void whatEndsSoonIsWarnedOfOnceADay() {
        ask();
        certificates.look();
        assertThat(certificates.warnings()).isEmpty();
        assertThat(certificates.isEnding("pg102")).isFalse();
        now = today.plus(190, ChronoUnit.DAYS);
        assertThat(certificates.isEnding("pg102")).isTrue();
        assertThat(certificates.isEnding("pg103")).as("it has shown none").isFalse();
        certificates.look();
        now = now.plus(23, ChronoUnit.HOURS);
        certificates.look();
        String soon = "the certificate of node pg102 expires in 10 days, on " + today.plus(200, ChronoUnit.DAYS);
        assertThat(lines.texts()).containsExactly("WARN " + soon);
        now = today.plus(191, ChronoUnit.DAYS);
        certificates.look();
        assertThat(lines.texts()).hasSize(2);
        assertThat(certificates.warnings()).singleElement().satisfies(line -> assertThat(line)
                .startsWith("the certificate of node pg102 expires in 9 days"));
    }

    /** A node that is forgotten while it is asked would be warned of for good. */
    @Test
    void whatANodeShowsThatIsNotAskedAnyMoreIsNotNoted() throws Exception {
        HttpProbe probe = new HttpProbe(loop, Duration.ofSeconds(20), Optional.of(certificates));
        CompletableFuture<ProbeOutcome> outcome = loop.submit(() -> {
                    CompletionStage<ProbeOutcome> asked =
                            probe.ask(server.node("pg102.test"), InetAddress.getLoopbackAddress());
                    certificates.forget("pg102");
                    return asked.toCompletableFuture();
                })
                .get(20, TimeUnit.SECONDS);
        assertThat(outcome.get(20, TimeUnit.SECONDS).kind()).isEqualTo(Kind.ANSWERED);
        assertThat(certificates.ofNode("pg102")).isEmpty();
    }

    @Test
    void whatHasEndedIsSaidSo() {
        now = inAYear.plus(1, ChronoUnit.DAYS);
        assertThat(certificates.warnings())
                .containsExactly(
                        "patroni.certificate-file " + folder.resolve("client.pem") + " has expired on " + inAYear);
    }

    @Test
    void aRenewalThatCannotBeUsedIsAWarningUntilItCan() throws Exception {
        X509Bundle renewed = issue(authority, 11, inAYear);
        writeCertificate(renewed);
        assertThat(certificates.isStale()).isFalse();
        certificates.look();
        assertThat(certificates.isStale()).isTrue();
        assertThat(certificates.warnings()).singleElement().satisfies(line -> assertThat(line)
                .startsWith("patroni.key-file")
                .endsWith("the certificates read before stay in use"));
        writeKey(renewed);
        certificates.look();
        assertThat(certificates.isStale()).isFalse();
        assertThat(certificates.warnings()).isEmpty();
    }

    @Test
    void aRenewalThatCannotBeUsedIsWarnedOfOnceADay() throws Exception {
        writeCertificate(issue(authority, 11, inAYear));
        certificates.look();
        now = today.plus(23, ChronoUnit.HOURS);
        certificates.look();
        assertThat(lines.texts()).hasSize(1);
        now = today.plus(24, ChronoUnit.HOURS);
        certificates.look();
        assertThat(lines.texts()).hasSize(2).allMatch(line -> line.contains("stay in use"));
    }

    @Test
    void aCertificateThatLivesADayIsNotNearItsEndAllTheTime() throws Exception {
        // Issued a day ago, as all here are: two days in all.
        writeCertificate(issue(authority, 11, today.plus(1, ChronoUnit.DAYS)));
        writeKey(issued);
        certificates.look();
        assertThat(certificates.warnings()).isEmpty();
        assertThat(certificates.endingFiles()).isEmpty();
        now = today.plus(9, ChronoUnit.HOURS);
        assertThat(certificates.warnings()).singleElement().satisfies(line -> assertThat(line)
                .startsWith("patroni.certificate-file"));
        assertThat(certificates.endingFiles()).containsExactly("certificate-file");
    }

    @Test
    void oneAuthorityOfSeveralMayHaveExpired() throws Exception {
        Instant past = today.minus(1, ChronoUnit.HOURS);
        Files.writeString(
                folder.resolve("ca.pem"), authority(past).getCertificatePEM() + authority.getCertificatePEM());
        certificates.look();
        assertThat(certificates.warnings()).isEmpty();
        assertThat(certificates.endingFiles()).isEmpty();
        assertThat(certificates.ofFiles()).containsEntry("ca-file", today.plus(3650, ChronoUnit.DAYS));
        Files.writeString(folder.resolve("ca.pem"), authority(past).getCertificatePEM());
        certificates.look();
        assertThat(certificates.warnings())
                .containsExactly("patroni.ca-file " + folder.resolve("ca.pem") + " has expired on " + past);
        assertThat(certificates.ofFiles()).containsEntry("ca-file", past);
        assertThat(certificates.endingFiles()).containsExactly("ca-file");
    }

    @Test
    void aChainEndsWithTheFirstOfItsCertificates() throws Exception {
        Instant first = today.plus(15, ChronoUnit.DAYS);
        X509Bundle leaf = new CertificateBuilder()
                .subject("CN=pgproxy")
                .notBefore(today.minus(345, ChronoUnit.DAYS))
                .notAfter(today.plus(20, ChronoUnit.DAYS))
                .buildIssuedBy(authority);
        Files.writeString(
                folder.resolve("client.pem"),
                leaf.getCertificatePEM() + authority(first).getCertificatePEM());
        writeKey(leaf);
        certificates.look();
        assertThat(certificates.ofFiles()).containsEntry("certificate-file", first);
        now = first.plus(1, ChronoUnit.HOURS);
        assertThat(certificates.warnings())
                .containsExactly(
                        "patroni.certificate-file " + folder.resolve("client.pem") + " has expired on " + first);
    }

    @Test
    void aLeafThatIsRenewedEveryDayDoesNotHideTheEndOfItsAuthority() throws Exception {
        Instant tomorrow = today.plus(22, ChronoUnit.HOURS);
        Instant authorityEnds = today.plus(10, ChronoUnit.DAYS);
        X509Bundle leaf = new CertificateBuilder()
                .subject("CN=pgproxy")
                .notBefore(today.minus(2, ChronoUnit.HOURS))
                .notAfter(tomorrow)
                .buildIssuedBy(authority);
        X509Bundle issuer = authority(today.minus(355, ChronoUnit.DAYS), authorityEnds);
        Files.writeString(folder.resolve("client.pem"), leaf.getCertificatePEM() + issuer.getCertificatePEM());
        writeKey(leaf);
        certificates.look();
        assertThat(certificates.ofFiles()).containsEntry("certificate-file", tomorrow);
        assertThat(certificates.warnings())
                .containsExactly("patroni.certificate-file " + folder.resolve("client.pem") + " expires in 10 days, on "
                        + authorityEnds);
    }

    @Test
    void aBundleThatIsStillBeingWrittenWaitsForItsEnd() throws Exception {
        String whole = authority().getCertificatePEM();
        Files.writeString(folder.resolve("ca.pem"), authority.getCertificatePEM() + whole.substring(0, 200));
        certificates.look();
        assertThat(certificates.warnings()).singleElement().satisfies(line -> assertThat(line)
                .contains("a certificate in it has no end"));
        Files.writeString(folder.resolve("ca.pem"), authority.getCertificatePEM() + "-----BEGIN CERTIF");
        certificates.look();
        assertThat(certificates.isStale()).isTrue();
        Files.writeString(folder.resolve("ca.pem"), authority.getCertificatePEM() + whole);
        certificates.look();
        assertThat(certificates.isStale()).isFalse();
    }
}
