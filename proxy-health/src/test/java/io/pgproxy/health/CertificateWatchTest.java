package io.pgproxy.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import io.pgproxy.config.PatroniConfig;
import io.pgproxy.core.CurrentRoutes;
import io.pgproxy.health.ask.PatroniCertificates;
import io.pgproxy.health.ask.TlsPatroni;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** That somebody looks, and that what is seen gets out. */
@Timeout(60)
class CertificateWatchTest {
    private final Instant soon = Instant.now().plus(100, ChronoUnit.HOURS).truncatedTo(ChronoUnit.SECONDS);

    @TempDir
    private Path folder;

    private PatroniConfig write(X509Bundle authority, X509Bundle client) throws Exception {
        Path ca = Files.writeString(folder.resolve("ca.pem"), authority.getCertificatePEM());
        Path certificate = Files.writeString(folder.resolve("client.pem"), client.getCertificatePEM());
        Path key = Files.writeString(folder.resolve("client.key"), client.getPrivateKeyPEM());
        return new PatroniConfig(Optional.empty(), Optional.of(ca), Optional.of(certificate), Optional.of(key), false);
    }

    private static X509Bundle authority() throws Exception {
        return new CertificateBuilder()
                .subject("CN=CA")
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
    }

    private static X509Bundle client(X509Bundle authority, Instant until) throws Exception {
        return new CertificateBuilder()
                .subject("CN=pgproxy")
                .notBefore(until.minus(365, ChronoUnit.DAYS))
                .notAfter(until)
                .buildIssuedBy(authority);
    }

    @Test
    void itLooksAgainAndAgain() throws Exception {
        X509Bundle authority = authority();
        PatroniConfig config = write(authority, client(authority, soon));
        PatroniCertificates certificates = new PatroniCertificates(config, InstantSource.system());
        try (CertificateWatch watch = new CertificateWatch(certificates, Duration.ofMillis(10))) {
            watch.start();
            for (int hours = 1; hours <= 3; hours++) {
                Instant later = soon.plus(hours, ChronoUnit.HOURS);
                write(authority, client(authority, later));
                Eventually.that(
                        "the renewed one is there",
                        () -> later.equals(certificates.ofFiles().get("certificate-file")));
            }
        }
    }

    @Test
    void theServiceLooksAndShowsWhatItSees() throws Exception {
        X509Bundle authority = authority();
        PatroniConfig config = write(authority, client(authority, soon));
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        try (TlsPatroni patroni = new TlsPatroni(client(authority, soon));
                LogLines lines = LogLines.of(PatroniCertificates.class);
                HealthService service = new HealthService(
                        Settings.config(Settings.BRISK, config, patroni.node("127.0.0.1")),
                        new CurrentRoutes(System.nanoTime()),
                        meters)) {
            service.start();
            Eventually.that(
                    "the node has shown its certificate",
                    () -> meters.get("pgproxy.node.certificate.expiry.timestamp.seconds")
                                    .tag("node", "pg102")
                                    .gauge()
                                    .value()
                            == (double) soon.getEpochSecond());
            assertThat(meters.get("pgproxy.patroni.certificate.expiry.timestamp.seconds")
                            .tag("file", "certificate-file")
                            .gauge()
                            .value())
                    .isEqualTo((double) soon.getEpochSecond());
            assertThat(meters.get("pgproxy.patroni.certificate.stale").gauge().value())
                    .isZero();
            assertThat(meters.get("pgproxy.patroni.certificate.ending")
                            .tag("file", "certificate-file")
                            .gauge()
                            .value())
                    .isEqualTo(1);
            assertThat(meters.get("pgproxy.patroni.certificate.ending")
                            .tag("file", "ca-file")
                            .gauge()
                            .value())
                    .isZero();
            assertThat(meters.get("pgproxy.node.certificate.ending")
                            .tag("node", "pg102")
                            .gauge()
                            .value())
                    .isEqualTo(1);
            assertThat(service.status().certificateWarnings())
                    .anyMatch(line -> line.startsWith("patroni.certificate-file"))
                    .anyMatch(line -> line.startsWith("the certificate of node pg102 expires in"));
            Files.writeString(folder.resolve("client.key"), "half a key");
            Eventually.that(
                    "the broken renewal is seen",
                    () -> meters.get("pgproxy.patroni.certificate.stale")
                                    .gauge()
                                    .value()
                            == 1);
            Eventually.that("somebody has looked", () -> lines.texts().stream()
                    .anyMatch(line -> line.startsWith("WARN patroni.certificate-file")));
        }
    }
}
