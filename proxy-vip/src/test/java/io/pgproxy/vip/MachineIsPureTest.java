package io.pgproxy.vip;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.concurrent.TimeUnit;

/** What decides who has the address can be run a thousand times in a second, because it touches nothing. */
@AnalyzeClasses(packages = "io.pgproxy.vip", importOptions = DoNotIncludeTests.class)
class MachineIsPureTest {
    private static final String MACHINE = "io.pgproxy.vip.machine..";

    @ArchTest
    static final ArchRule knowsNothingOutside = noClasses()
            .that()
            .resideInAPackage(MACHINE)
            .should()
            .dependOnClassesThat(DescribedPredicate.not(resideInAnyPackage(
                            MACHINE,
                            "java.lang",
                            "java.util",
                            "java.util.function",
                            "java.util.stream",
                            "java.nio.charset",
                            "java.lang.invoke",
                            "java.lang.runtime",
                            "org.jspecify.annotations"))
                    .and(DescribedPredicate.not(type(TimeUnit.class))));

    @ArchTest
    static final ArchRule readsNoClock = noClasses()
            .that()
            .resideInAPackage(MACHINE)
            .should()
            .callMethod(System.class, "nanoTime")
            .orShould()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .dependOnClassesThat()
            .belongToAnyOf(Thread.class, java.util.Random.class);
}
