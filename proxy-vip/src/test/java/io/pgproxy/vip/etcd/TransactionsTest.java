package io.pgproxy.vip.etcd;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgproxy.vip.machine.Instance;
import io.pgproxy.vip.machine.Member;
import org.junit.jupiter.api.Test;

class TransactionsTest {
    /** Else each claim would fail where nobody sees it. */
    @Test
    void areNotMadeForOneWhoseNameNobodyCouldReadBack() {
        Instance strange = new Instance(new Member("ct 100:7001"), 1);

        assertThatThrownBy(() -> new Transactions(ElectionKeys.of("main"), strange))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("'ct 100:7001' cannot be the name of a member");
    }
}
