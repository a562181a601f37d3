package io.pgproxy;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import io.pgproxy.core.PrintableText;

/** The arrows between the modules: each points to the one that knows less. */
@AnalyzeClasses(packages = "io.pgproxy", importOptions = DoNotIncludeTests.class)
class HouseRulesTest {
    private static final String CONFIG = "io.pgproxy.config..";
    private static final String ETCD = "io.pgproxy.etcd..";
    private static final String CORE = "io.pgproxy.core..";
    private static final String HEALTH = "io.pgproxy.health..";
    private static final String VIP = "io.pgproxy.vip..";
    private static final String STATUS = "io.pgproxy.status..";
    private static final String ADMIN = "io.pgproxy.admin..";
    private static final String LOG = "io.pgproxy.log..";
    private static final String MAIN = "io.pgproxy";

    @ArchTest
    static final ArchRule configKnowsNothingOfOurs = noClasses()
            .that()
            .resideInAPackage(CONFIG)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(ETCD, CORE, HEALTH, VIP, STATUS, ADMIN, LOG, MAIN);

    @ArchTest
    static final ArchRule theWayToEtcdKnowsConfigOnly = noClasses()
            .that()
            .resideInAPackage(ETCD)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(CORE, HEALTH, VIP, STATUS, ADMIN, LOG, MAIN);

    @ArchTest
    static final ArchRule coreKnowsConfigOnly = noClasses()
            .that()
            .resideInAPackage(CORE)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(ETCD, HEALTH, VIP, STATUS, ADMIN, LOG, MAIN);

    @ArchTest
    static final ArchRule healthKnowsCoreConfigAndTheWayToEtcdOnly = noClasses()
            .that()
            .resideInAPackage(HEALTH)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(VIP, STATUS, ADMIN, LOG, MAIN);

    @ArchTest
    static final ArchRule theVirtualAddressKnowsConfigAndTheWayToEtcdOnly = noClasses()
            .that()
            .resideInAPackage(VIP)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(CORE, HEALTH, STATUS, ADMIN, LOG, MAIN);

    @ArchTest
    static final ArchRule theReportKnowsNothingOfOurs = noClasses()
            .that()
            .resideInAPackage(STATUS)
            .should()
            .dependOnClassesThat(resideInAnyPackage(CONFIG, ETCD, CORE, HEALTH, VIP, ADMIN, LOG, MAIN)
                    .and(not(type(PrintableText.class))));

    @ArchTest
    static final ArchRule adminKnowsTheReportAndItsAddressOnly = noClasses()
            .that()
            .resideInAPackage(ADMIN)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(ETCD, CORE, HEALTH, VIP, LOG, MAIN);

    @ArchTest
    static final ArchRule theLogKnowsItsConfigurationOnly = noClasses()
            .that()
            .resideInAPackage(LOG)
            .should()
            .dependOnClassesThat(resideInAnyPackage(ETCD, CORE, HEALTH, VIP, STATUS, ADMIN, MAIN)
                    .and(not(type(PrintableText.class))));

    @ArchTest
    static final ArchRule noPackageIsPartOfACycle =
            slices().matching("io.pgproxy.(**)").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule onlyTheEntryEndsTheProcess = noClasses()
            .that()
            .doNotHaveFullyQualifiedName(Main.class.getName())
            .should()
            .callMethod(System.class, "exit", int.class);
}
