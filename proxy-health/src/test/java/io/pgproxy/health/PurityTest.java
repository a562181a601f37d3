package io.pgproxy.health;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;

/** The kernel decides; it has no thread, clock, socket, logger or randomness to decide by. */
@AnalyzeClasses(packages = "io.pgproxy.health", importOptions = DoNotIncludeTests.class)
class PurityTest {
    private static final String KERNEL = "..health.decide..";
    /** Takes times and has none of its own; it shows them by the calendar, of which the kernel knows nothing. */
    private static final String STOPWATCH = "..health.stopwatch..";

    @ArchTest
    static final ArchRule NO_SHELL = noClasses()
            .that()
            .resideInAnyPackage(KERNEL, STOPWATCH)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "io.pgproxy.health",
                    "io.pgproxy.health.ask..",
                    "io.pgproxy.health.store..",
                    "io.pgproxy.etcd..",
                    "io.etcd..",
                    "io.grpc..",
                    "io.netty..",
                    "io.micrometer..",
                    "org.slf4j..",
                    "java.util.concurrent..",
                    "java.util.logging..",
                    "java.nio.file..",
                    "java.nio.channels..",
                    "javax.net..");

    /** An address as a value is no socket, a duration or a date no clock. */
    @ArchTest
    static final ArchRule NO_SOCKET_AND_NO_CLOCK = noClasses()
            .that()
            .resideInAPackage(KERNEL)
            .should()
            .dependOnClassesThat(new DescribedPredicate<JavaClass>("are sockets, clocks, threads or dice") {
                @Override
                public boolean test(JavaClass type) {
                    boolean impure = type.getPackageName().equals("java.net")
                            || type.getPackageName().equals("java.time")
                            || type.isEquivalentTo(Thread.class)
                            || type.isEquivalentTo(java.util.Random.class);
                    return impure
                            && !type.isEquivalentTo(InetAddress.class)
                            && !type.isEquivalentTo(InetSocketAddress.class)
                            && !type.isEquivalentTo(OffsetDateTime.class)
                            && !type.isEquivalentTo(Duration.class);
                }
            });

    @ArchTest
    static final ArchRule NO_TIME_OF_ITS_OWN = noClasses()
            .that()
            .resideInAnyPackage(KERNEL, STOPWATCH)
            .should()
            .callMethod(System.class, "nanoTime")
            .orShould()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(Instant.class, "now")
            .orShould()
            .callMethod(Math.class, "random")
            .orShould()
            .callMethod(InetAddress.class, "getByName", String.class)
            .orShould()
            .callMethod(OffsetDateTime.class, "now");

    @ArchTest
    static final ArchRule ASKING_IS_NOT_DECIDING = noClasses()
            .that()
            .resideInAnyPackage("..health.ask..", "..health.store..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.pgproxy.health");
}
