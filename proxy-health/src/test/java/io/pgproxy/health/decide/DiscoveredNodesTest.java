package io.pgproxy.health.decide;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproxy.config.HealthConfig;
import io.pgproxy.config.NodeConfig;
import io.pgproxy.config.NodeConfig.Scheme;
import io.pgproxy.health.decide.Membership.Source;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Who comes, who stays and who goes, by keys and answers. */
class DiscoveredNodesTest {
    private MemberPolicy policy = new DiscoveredNodes(Scheme.HTTP);
    private Membership membership = Membership.remembered(List.of());
    private ClusterHealth cluster =
            ClusterHealth.nothingKnown(Answers.CONFIG, List.of(), Optional.of("main"), Duration.ofMinutes(10), 0);
    private Map<String, StoredMember> keys = new LinkedHashMap<>();
    private long now;

    private static StoredMember member(String name, String host) {
        return member(name, "postgres://" + host + ":5432/postgres", "http://" + host + ":8008/patroni");
    }

    private static StoredMember member(String name, String connUrl, String apiUrl) {
        return new StoredMember("replica", "running", OptionalLong.of(5), MemberPlace.of(name, connUrl, apiUrl));
    }

    private static NodeConfig node(String name, String host) {
        return new NodeConfig(name, host, 5432, 8008, Scheme.HTTP, NodeConfig.DEFAULT_WEIGHT);
    }

    private void look() {
        PatroniStore store = new PatroniStore(Optional.empty(), keys, Optional.empty(), Set.of());
        Membership before = membership;
        membership = policy.next(before, store, cluster, now);
        cluster = cluster.withNodes(membership.names(), membership.movedSince(before), now)
                .at(now);
    }

    private void tells(String... names) {
        for (String name : names) {
            keys.put(name, member(name, "host-of-" + name));
        }
        look();
    }

    private void loses(String name) {
        keys.remove(name);
        look();
    }

    private void hears(String node, ProbeOutcome outcome) {
        cluster = cluster.after(node, Answers.at(now, outcome));
    }

    private void fallsSilent(String node) {
        for (int i = 0; i < 3; i++) {
            hears(node, Answers.silence());
        }
    }

    private void passes(Duration time) {
        now += time.toNanos();
        cluster = cluster.at(now);
        look();
    }

    private void threeThatAreWell() {
        tells("pg102", "pg103", "pg104");
        hears("pg102", Answers.primary(5));
        hears("pg103", Answers.replica(5));
        hears("pg104", Answers.replica(5));
    }

    @Test
    void membersAreTheNodes() {
        tells("pg102", "pg103");

        assertThat(membership)
                .isEqualTo(new Membership(
                        Source.ETCD,
                        List.of(node("pg102", "host-of-pg102"), node("pg103", "host-of-pg103")),
                        Map.of()));
    }

    @Test
    void aNewMemberIsNobodyUntilItAnswers() {
        threeThatAreWell();
        tells("pg105");

        assertThat(membership.names()).containsExactly("pg102", "pg103", "pg104", "pg105");
        assertThat(cluster.view("pg105").state()).isEqualTo(NodeState.UNKNOWN);
        assertThat(cluster.node("pg105").address()).isEmpty();
    }

    @Test
    void whatIsKnownOfTheOthersStaysWhenOneComes() {
        threeThatAreWell();
        ClusterHealth before = cluster;
        tells("pg105");

        assertThat(cluster.view("pg102")).isEqualTo(before.view("pg102"));
        assertThat(cluster.leadership()).isEqualTo(before.leadership());
    }

    @Test
    void aKeyThatIsGoneTakesNobodyWhoAnswers() {
        threeThatAreWell();
        loses("pg103");
        for (int i = 0; i < 100; i++) {
            hears("pg103", Answers.replica(5));
            passes(Duration.ofMinutes(1));
        }

        assertThat(membership.names()).contains("pg103");
    }

    @Test
    void anEtcdWithoutAnyKeyTakesNobodyWhoAnswers() {
        threeThatAreWell();
        keys.clear();
        look();

        assertThat(membership.names()).containsExactly("pg102", "pg103", "pg104");
    }

    @Test
    void whoseKeyIsGoneAndWhoIsSilentForLongIsForgotten() {
        threeThatAreWell();
        fallsSilent("pg103");
        loses("pg103");
        passes(DiscoveredNodes.REMEMBERED.minusSeconds(1));
        assertThat(membership.names()).contains("pg103");

        passes(Duration.ofSeconds(1));

        assertThat(membership.names()).containsExactly("pg102", "pg104");
        assertThat(cluster.nodes()).containsOnlyKeys("pg102", "pg104");
        assertThat(cluster.replication().lag("pg103")).isEmpty();
    }

    @Test
    void whoGetsSessionsInItsSilenceIsNotForgotten() {
        HealthConfig patient = new HealthConfig(
                Duration.ofSeconds(1), Duration.ofMillis(100), Duration.ofSeconds(2), 1, 3, Duration.ofHours(1));
        cluster = ClusterHealth.nothingKnown(patient, List.of(), Optional.of("main"), Duration.ofMinutes(10), 0);
        threeThatAreWell();
        fallsSilent("pg103");
        loses("pg103");
        passes(Duration.ofMinutes(59));
        assertThat(membership.names()).contains("pg103");

        passes(Duration.ofMinutes(1));

        assertThat(membership.names()).doesNotContain("pg103");
    }

    @Test
    void whoHasNeverAnsweredIsForgottenAsLongAfterItCame() {
        membership = Membership.remembered(List.of(node("pg109", "gone")));
        cluster = cluster.withNodes(List.of("pg109"), Set.of(), now);
        fallsSilent("pg109");
        passes(DiscoveredNodes.REMEMBERED.minusSeconds(1));
        assertThat(membership.names()).containsExactly("pg109");

        passes(Duration.ofSeconds(1));

        assertThat(membership.names()).isEmpty();
    }

    @Test
    void whoseKeyIsThereIsNotForgottenHoweverSilent() {
        threeThatAreWell();
        fallsSilent("pg103");
        passes(Duration.ofDays(1));

        assertThat(membership.names()).contains("pg103");
    }

    /** To forget it would let a primary that it has replaced have the writes again. */
    @Test
    void aClaimToLeadThatStandsIsNotForgotten() {
        threeThatAreWell();
        fallsSilent("pg102");
        loses("pg102");
        passes(Duration.ofDays(1));
        assertThat(membership.names()).contains("pg102");

        hears("pg103", Answers.primary(6));
        passes(DiscoveredNodes.END_STANDS);

        assertThat(membership.names()).containsExactly("pg103", "pg104");
    }

    /** A relay loop that sees only the table without it would end none of its sessions. */
    @Test
    void whoIsOverruledIsNotForgottenBeforeEveryoneHasSeenIt() {
        threeThatAreWell();
        fallsSilent("pg102");
        loses("pg102");
        passes(Duration.ofMinutes(11));
        hears("pg103", Answers.primary(6));
        look();
        assertThat(cluster.view("pg102").state()).isEqualTo(NodeState.DOWN);
        assertThat(membership.names()).contains("pg102");
        passes(DiscoveredNodes.END_STANDS.minusNanos(1));
        assertThat(membership.names()).contains("pg102");

        passes(Duration.ofNanos(1));

        assertThat(membership.names()).doesNotContain("pg102");
    }

    @Test
    void whoIsOverruledKeepsItsPlaceUntilEveryoneHasSeenIt() {
        threeThatAreWell();
        fallsSilent("pg102");
        keys.remove("pg102");
        passes(Duration.ofSeconds(11));
        hears("pg103", Answers.primary(6));
        keys.put("pg112", member("pg112", "host-of-pg102"));
        look();
        assertThat(membership.names()).contains("pg102").doesNotContain("pg112");

        passes(DiscoveredNodes.END_STANDS);

        assertThat(membership.names()).contains("pg112").doesNotContain("pg102");
    }

    @Test
    void whoAnswersStaysWhereItIsWhateverItsKeySays() {
        threeThatAreWell();
        keys.put("pg102", member("pg102", "elsewhere"));
        look();

        assertThat(membership.nodes()).contains(node("pg102", "host-of-pg102"));
    }

    @Test
    void whoIsSilentIsAskedWhereItsKeySaysAndGetsNobodyUntilItAnswersThere() {
        threeThatAreWell();
        fallsSilent("pg102");
        keys.put("pg102", member("pg102", "elsewhere"));
        look();
        assertThat(membership.nodes()).contains(node("pg102", "host-of-pg102"));

        passes(Duration.ofSeconds(11));

        assertThat(membership.nodes()).contains(node("pg102", "elsewhere"));
        assertThat(cluster.node("pg102").address()).isEmpty();
        assertThat(cluster.node("pg102").role()).isEqualTo(NodeRole.PRIMARY);
    }

    @Test
    void anotherPortAtTheSamePatroniIsTakenAtOnce() {
        threeThatAreWell();
        keys.put(
                "pg103",
                member("pg103", "postgres://host-of-pg103:5444/postgres", "http://host-of-pg103:8008/patroni"));
        look();

        assertThat(membership.nodes()).contains(new NodeConfig("pg103", "host-of-pg103", 5444, 8008, Scheme.HTTP, 100));
        assertThat(cluster.node("pg103").address()).isPresent();
    }

    @Test
    void aMemberThatHasAnothersPlaceIsLeftOut() {
        threeThatAreWell();
        keys.put("pg105", member("pg105", "HOST-of-pg103."));
        look();

        assertThat(membership.names()).doesNotContain("pg105");
        assertThat(membership.leftOut()).containsEntry("pg105", "it says that it is where pg103 is");
    }

    @Test
    void whoHasThePlaceOfOneWhoseKeyIsGoneReplacesIt() {
        threeThatAreWell();
        keys.remove("pg103");
        keys.put("pg113", member("pg113", "host-of-pg103"));
        look();

        assertThat(membership.names()).containsExactly("pg102", "pg104", "pg113");
        assertThat(membership.leftOut()).isEmpty();
    }

    @Test
    void aPrimaryUnderAnotherNameIsNotReplacedWhileItLeads() {
        threeThatAreWell();
        keys.remove("pg102");
        keys.put("pg112", member("pg112", "host-of-pg102"));
        look();

        assertThat(membership.names()).contains("pg102").doesNotContain("pg112");
    }

    @Test
    void aMemberThatCannotBeUsedIsLeftOutAndTold() {
        keys.put("pg105", member("pg105", "127.0.0.1"));
        tells("pg102");

        assertThat(membership.names()).containsExactly("pg102");
        assertThat(membership.leftOut()).containsOnlyKeys("pg105");
    }

    @Test
    void aNodeWhoseKeyBecomesUnusableIsAskedWhereItWas() {
        threeThatAreWell();
        keys.put("pg103", member("pg103", "127.0.0.1"));
        passes(Duration.ofDays(1));

        assertThat(membership.nodes()).contains(node("pg103", "host-of-pg103"));
        assertThat(membership.leftOut()).containsOnlyKeys("pg103");
    }

    @Test
    void nobodyIsAskedByWeakerWordsThanTheFileHas() {
        policy = new DiscoveredNodes(Scheme.HTTPS);
        keys.put("pg103", member("pg103", "postgres://db3/postgres", "https://db3:8008/patroni"));
        tells("pg102");

        assertThat(membership.names()).containsExactly("pg103");
        assertThat(membership.leftOut())
                .containsExactly(Map.entry("pg102", "its api_url is http, and patroni.scheme is https"));
    }

    @Test
    void the65thIsLeftOut() {
        List<String> names = new ArrayList<>();
        for (int i = 100; i < 165; i++) {
            names.add("m" + i);
        }
        tells(names.toArray(String[]::new));

        assertThat(membership.nodes()).hasSize(64);
        assertThat(membership.leftOut()).containsExactly(Map.entry("m164", "there are 64 nodes already"));
    }

    @Test
    void sixtyFourThatAreInUseKeepTheirPlaces() {
        List<String> names = new ArrayList<>();
        for (int i = 100; i < 164; i++) {
            names.add("m" + i);
        }
        tells(names.toArray(String[]::new));

        tells("a-newer-one");

        assertThat(membership.names()).containsExactlyElementsOf(names);
        assertThat(membership.leftOut()).containsOnlyKeys("a-newer-one");
    }

    /** Whoever may write keys may have taken the other places, and would take its own too. */
    @Test
    void where64PlacesAreTakenWhoWasOneOfTheClusterKeepsItsOwn() {
        List<String> names = new ArrayList<>();
        for (int i = 100; i < 164; i++) {
            names.add("m" + i);
        }
        tells(names.toArray(String[]::new));
        hears("m101", Answers.replica(5));
        hears("m102", Answers.ofCluster(200, "primary", "other", "99"));
        for (String silent : List.of("m100", "m101", "m102")) {
            fallsSilent(silent);
            keys.remove(silent);
        }
        passes(DiscoveredNodes.REMEMBERED);

        assertThat(membership.names()).contains("m101").doesNotContain("m100", "m102");
    }

    /** Its own Patroni would vouch for the other's PostgreSQL. */
    @Test
    void whoIsSilentDoesNotMoveToWhereAnotherIsHeard() {
        threeThatAreWell();
        fallsSilent("pg104");
        keys.put("pg104", member("pg104", "postgres://host-of-pg102:5432/postgres", "http://host-of-pg102:9999/"));
        hearsTheFirstTwoAfter(Duration.ofSeconds(11));

        assertThat(membership.nodes()).contains(node("pg104", "host-of-pg104"));
        assertThat(membership.leftOut()).containsEntry("pg104", "it says that it is where pg102 is");
    }

    private void hearsTheFirstTwoAfter(Duration time) {
        now += time.toNanos();
        hears("pg102", Answers.primary(5));
        hears("pg103", Answers.replica(5));
        look();
    }

    @Test
    void thePortOfAnothersPostgresqlIsNotTaken() {
        keys.put("pg103", member("pg103", "postgres://one:5433/postgres", "http://one:8009/patroni"));
        keys.put("pg102", member("pg102", "postgres://one:5432/postgres", "http://one:8008/patroni"));
        look();
        hears("pg102", Answers.primary(5));
        hears("pg103", Answers.replica(5));
        keys.put("pg103", member("pg103", "postgres://one:5432/postgres", "http://one:8009/patroni"));
        look();

        assertThat(membership.nodes()).contains(new NodeConfig("pg103", "one", 5433, 8009, Scheme.HTTP, 100));
        assertThat(membership.leftOut()).containsEntry("pg103", "it says that it is where pg102 is");
    }

    @Test
    void twoThatChangePlacesBothMove() {
        threeThatAreWell();
        fallsSilent("pg103");
        fallsSilent("pg104");
        keys.put("pg103", member("pg103", "host-of-pg104"));
        keys.put("pg104", member("pg104", "host-of-pg103"));
        passes(Duration.ofSeconds(11));

        assertThat(membership.nodes()).contains(node("pg103", "host-of-pg104"), node("pg104", "host-of-pg103"));
        assertThat(membership.leftOut()).isEmpty();
    }

    /** Otherwise it could not say that it has replaced the one that was there. */
    @Test
    void theAddressOfAPrimaryThatIsGoneCanBeAnothers() {
        threeThatAreWell();
        fallsSilent("pg102");
        fallsSilent("pg103");
        keys.remove("pg102");
        keys.put("pg103", member("pg103", "host-of-pg102"));
        passes(Duration.ofSeconds(11));

        assertThat(membership.nodes()).contains(node("pg103", "host-of-pg102"));
        assertThat(cluster.view("pg102").role()).isEqualTo(NodeRole.PRIMARY);
    }

    @Test
    void whoMovesToTheSamePlaceAsAnotherStays() {
        threeThatAreWell();
        fallsSilent("pg103");
        fallsSilent("pg104");
        keys.put("pg103", member("pg103", "elsewhere"));
        keys.put("pg104", member("pg104", "elsewhere"));
        passes(Duration.ofSeconds(11));

        assertThat(membership.nodes()).contains(node("pg103", "elsewhere"), node("pg104", "host-of-pg104"));
    }

    /** This host may have stood still, or lacked descriptors: whoever was not asked could not answer. */
    @Test
    void whoWasNotAskedIsNotForgotten() {
        threeThatAreWell();
        loses("pg103");
        passes(Duration.ofDays(1));

        assertThat(cluster.view("pg103").state()).isEqualTo(NodeState.STALE);
        assertThat(membership.names()).contains("pg103");
    }

    @Test
    void whoAnswersIsNotReplacedByAnotherPatroniAtItsPlace() {
        threeThatAreWell();
        keys.remove("pg103");
        keys.put("pg113", member("pg113", "postgres://host-of-pg103:5432/postgres", "http://host-of-pg103:9999/"));
        look();

        assertThat(membership.names()).contains("pg103").doesNotContain("pg113");
    }

    @Test
    void whoIsOverruledAndWasOnceNotHeardStays() {
        threeThatAreWell();
        hears("pg103", Answers.primary(6));
        hears("pg102", Answers.silence());
        keys.put("pg102", member("pg102", "elsewhere"));
        look();

        assertThat(cluster.view("pg102").state()).isEqualTo(NodeState.DOWN);
        assertThat(membership.nodes()).contains(node("pg102", "host-of-pg102"));
    }

    @Test
    void whatAStrangerHasSaidInItsPlaceIsNotItsOwn() {
        threeThatAreWell();
        hears("pg104", Answers.ofCluster(200, "primary", "other", "99"));
        assertThat(cluster.view("pg104").state()).isEqualTo(NodeState.REFUSED);
        keys.put("pg104", member("pg104", "elsewhere"));
        look();

        assertThat(cluster.view("pg104").state()).isEqualTo(NodeState.UNKNOWN);
        assertThat(cluster.node("pg104")).isEqualTo(NodeHealth.unknown("pg104"));
    }
}
