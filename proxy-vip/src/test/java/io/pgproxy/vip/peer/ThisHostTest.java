package io.pgproxy.vip.peer;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;

class ThisHostTest {
    private final ThisHost host = new ThisHost();

    @Test
    void hasAName() {
        assertThat(host.name()).isNotBlank();
    }

    @Test
    void hasItsOwnAddressesAndNoOther() throws UnknownHostException {
        assertThat(host.has(InetAddress.getByName("127.0.1.1"))).isTrue();
        assertThat(host.has(InetAddress.getByName("192.0.2.1"))).isFalse(); // for documentation only, RFC 5737
    }

    @Test
    void knowsWhatItWouldSendFrom() {
        InetAddress loopback = host.addresses("127.0.0.1").get(0);

        assertThat(host.sourceTowards(loopback)).contains(loopback);
    }

    @Test
    void knowsAnAddressForWhatItIs() throws UnknownHostException {
        assertThat(host.addresses("192.0.2.1")).containsExactly(InetAddress.getByName("192.0.2.1"));
    }
}
