package io.pgproxy.vip.kernel;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** What bytes mean is found out without a socket, a clock, a thread or a native call. */
@AnalyzeClasses(packages = "io.pgproxy.vip.kernel", importOptions = DoNotIncludeTests.class)
class PurityTest {
    private static final String CODECS = "io.pgproxy.vip.kernel.wire";

    @ArchTest
    static final ArchRule NO_SHELL = noClasses()
            .that()
            .resideInAPackage(CODECS)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "io.pgproxy.vip.kernel",
                    "jnr..",
                    "com.kenai..",
                    "org.slf4j..",
                    "java.util.concurrent..",
                    "java.nio.channels..",
                    "java.time..");

    @ArchTest
    static final ArchRule NO_CLOCK = noClasses()
            .that()
            .resideInAPackage(CODECS)
            .should()
            .callMethod(System.class, "nanoTime")
            .orShould()
            .callMethod(System.class, "currentTimeMillis");

    @ArchTest
    static final ArchRule NO_COMMANDS = noClasses()
            .should()
            .dependOnClassesThat()
            .belongToAnyOf(Process.class, ProcessBuilder.class, Runtime.class);
}
