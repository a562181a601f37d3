package io.pgproxy.vip.machine.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What waits together is served in any order, but each source keeps its own. */
class InboxTest {
    @Test
    void aSourceKeepsItsOrder() {
        for (long seed = 0; seed < 100; seed++) {
            assertThat(taken(seed).stream().filter(item -> item.startsWith("e")))
                    .containsExactly("e1", "e2", "e3");
        }
    }

    @Test
    void sourcesOvertakeOneAnother() {
        assertThat(taken(0)).isNotEqualTo(taken(3));
    }

    private static List<Object> asObjects(Inbox inbox) {
        List<Object> taken = new ArrayList<>();
        while (!inbox.isEmpty()) {
            taken.add(inbox.take());
        }
        return taken;
    }

    private static List<String> taken(long seed) {
        Inbox inbox = new Inbox(new Chance(seed));
        inbox.add(Inbox.Source.ETCD, "e1");
        inbox.add(Inbox.Source.TIMER, "t1");
        inbox.add(Inbox.Source.ETCD, "e2");
        inbox.add(Inbox.Source.ARP, "a1");
        inbox.add(Inbox.Source.ETCD, "e3");
        return asObjects(inbox).stream().map(String.class::cast).toList();
    }
}
