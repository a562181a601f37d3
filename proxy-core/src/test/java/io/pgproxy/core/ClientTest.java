package io.pgproxy.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;

final class ClientTest {
    @Test
    void mappedIpv4AddressIsAnIpv4Address() throws UnknownHostException {
        byte[] mapped = new byte[16];
        mapped[10] = (byte) 0xff;
        mapped[11] = (byte) 0xff;
        mapped[12] = (byte) 192;
        mapped[14] = 2;
        mapped[15] = 1;
        Client client = Client.of(new InetSocketAddress(Inet6Address.getByAddress("", mapped, -1), 5));
        assertThat(client.ip()).isEqualTo(Rules.ip("192.0.2.1"));
    }

    @Test
    void isPrintedWithItsPort() {
        assertThat(Client.of(new InetSocketAddress(Rules.ip("192.0.2.1"), 5))).hasToString("192.0.2.1:5");
        assertThat(Client.of(new InetSocketAddress(Rules.ip("2001:db8::1"), 5)))
                .hasToString("[2001:db8:0:0:0:0:0:1]:5");
    }

    @Test
    void saysThatAHeaderGaveTheAddress() {
        assertThat(new Client(new InetSocketAddress(Rules.ip("192.0.2.1"), 5), true))
                .hasToString("192.0.2.1:5 (PROXY)");
    }
}
