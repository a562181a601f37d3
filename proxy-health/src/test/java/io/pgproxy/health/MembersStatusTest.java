package io.pgproxy.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproxy.health.decide.Membership;
import io.pgproxy.health.decide.Membership.Source;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class MembersStatusTest {
    @Test
    void whoeverHasManyMembersBesideIsToldOfTenAndOfHowManyMore() {
        Map<String, String> leftOut = new TreeMap<>();
        for (int i = 100; i < 300; i++) {
            leftOut.put("m" + i, "why");
        }
        List<String> warnings = MembersStatus.of(new Membership(Source.ETCD, List.of(), leftOut), "")
                .warnings();

        assertThat(warnings)
                .hasSize(11)
                .contains("member m109 in etcd is not used: why", "190 more members in etcd are" + " not used");
    }
}
