package io.pgproxy.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ClustersTest {
    private final Clusters clusters = new Clusters(List.of("e1", "e2", "e3"));

    private boolean counts(String member, long cluster) {
        return clusters.objection(member, cluster).isEmpty();
    }

    @Test
    void whatOneClusterSaysCounts() {
        assertThat(counts("e3", 7)).isTrue();
        assertThat(counts("e1", 7)).isTrue();
        assertThat(counts("e2", 7)).isTrue();
    }

    @Test
    void whoIsOfAnotherClusterThanMostDoesNotCount() {
        counts("e2", 7);
        counts("e3", 7);

        assertThat(clusters.objection("e1", 9).orElseThrow()).contains("another cluster", "9", "7");
        assertThat(counts("e2", 7)).isTrue();
    }

    @Test
    void whoAnsweredFirstIsOverruledByWhoIsNamedFirst() {
        assertThat(counts("e3", 9)).isTrue();
        assertThat(counts("e1", 7)).isTrue();

        assertThat(counts("e3", 9)).isFalse();
    }

    @Test
    void aClusterThatIsSetUpAnewCountsAsSoonAsMostAreOfIt() {
        counts("e1", 7);
        counts("e2", 7);
        counts("e3", 7);

        assertThat(counts("e2", 8)).isFalse();
        assertThat(counts("e3", 8)).isTrue();
        assertThat(counts("e2", 8)).isTrue();
    }

    @Test
    void whoDoesNotSayCounts() {
        counts("e1", 7);

        assertThat(counts("e2", 0)).isTrue();
    }
}
