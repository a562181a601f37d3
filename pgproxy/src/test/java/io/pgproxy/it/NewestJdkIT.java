package io.pgproxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.ResourceLock;

/** The image has JRE 17; here runs the newest of Java's long-term releases that this machine has. */
@ResourceLock("ct100 of the steady cluster")
class NewestJdkIT {
    private static final String CONFIG =
            """
            nodes:
              - {name: pg102, host: pg102}
              - {name: pg103, host: pg103}
              - {name: pg104, host: pg104}
            """;

    @RegisterExtension
    static final SharedCluster CLUSTER = SharedCluster.steady();

    @Test
    void serves() throws IOException {
        Optional<Jdk> newest = newest();
        if (newest.isEmpty()) {
            String reason = "no JDK of a long-term release newer than 17 in /usr/lib/jvm: only 17 was tested";
            System.out.println("NewestJdkIT: " + reason);
            Assumptions.abort(reason);
        }
        Jdk jdk = newest.orElseThrow();
        System.out.println("NewestJdkIT: Java " + jdk.version() + " of " + jdk.home());
        Cluster cluster = CLUSTER.get();

        Host proxy = cluster.startProxyOn(jdk.home(), "ct100", CONFIG);
        try {
            cluster.client().run("pgbench", "-q", "-i", "app").orFail();
            String said = cluster.client()
                    .run("pgbench", "-n", "-S", "-M", "prepared", "-c", "4", "-t", "250", "app")
                    .orFail();

            assertThat(said).contains("number of transactions actually processed: 1000/1000");
            assertThat(proxy.shell("readlink /proc/$(lab-service pid)/exe").orFail())
                    .isEqualTo("/opt/jdk/bin/java");
            assertThat(proxy.log()).doesNotContainIgnoringCase("warning").doesNotContain("Exception");
        } finally {
            proxy.remove();
        }
    }

    private static Optional<Jdk> newest() throws IOException {
        try (Stream<Path> homes = Files.list(Path.of("/usr/lib/jvm"))) {
            return homes.map(Jdk::of)
                    .flatMap(Optional::stream)
                    .filter(jdk -> jdk.version() > 17 && (jdk.version() - 21) % 4 == 0)
                    .max(Comparator.comparingInt(Jdk::version));
        }
    }

    /** One of this machine's. */
    private record Jdk(Path home, int version) {
        static Optional<Jdk> of(Path home) {
            try {
                Properties release = new Properties();
                release.load(Files.newBufferedReader(home.resolve("release")));
                String version = release.getProperty("JAVA_VERSION").replace("\"", "");
                return Optional.of(new Jdk(
                        home.toRealPath(), Runtime.Version.parse(version).feature()));
            } catch (IOException e) {
                return Optional.empty();
            }
        }
    }
}
