package io.pgproxy.vip.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class NeighbourTableTest {
    private static final List<String> LINES = List.of(
            "IP address       HW type     Flags       HW address            Mask     Device",
            "192.168.50.12    0x1         0x2         BC:24:11:aa:00:12     *        eth0",
            "192.168.50.99    0x1         0x0         00:00:00:00:00:00     *        eth0",
            "what is this");

    private static Set<InetAddress> address(String text) throws UnknownHostException {
        return Set.of(InetAddress.getByName(text));
    }

    @Test
    void knowsAMemberAgain() throws Exception {
        NeighbourTable table = NeighbourTable.of(LINES);
        assertThat(table.hasAny(address("192.168.50.12"), "bc:24:11:AA:00:12")).isTrue();
    }

    @Test
    void takesNobodyElseForAMember() throws Exception {
        NeighbourTable table = NeighbourTable.of(LINES);
        assertThat(table.hasAny(address("192.168.50.12"), "bc:24:11:aa:00:13")).isFalse();
        assertThat(table.hasAny(address("192.168.50.13"), "bc:24:11:aa:00:12")).isFalse();
        assertThat(table.hasAny(Set.of(), "bc:24:11:aa:00:12")).isFalse();
    }

    @Test
    void readsTheKernelsOwn() throws Exception {
        assertThat(NeighbourTable.read().hasAny(address("192.0.2.1"), "02:00:00:00:00:01"))
                .isFalse();
    }
}
