package io.pgproxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.ResourceLock;

/** Several addresses, one of them of IPv6: all of them are where one of them is. */
@ResourceLock("the faulted cluster")
class PairAddressesIT {
    @RegisterExtension
    static final Pair PAIR = Pair.withIpv6(
            """
            nodes:
              - {name: pg102, host: pg102}
              - {name: pg103, host: pg103}
              - {name: pg104, host: pg104}
            listeners:
              - {name: primary, bind: "*:5432", route: primary}
            etcd: {endpoints: ["http://etcd1:2379"]}
            vip:
              name: pair
              addresses: [$VIP, $VIP2, "$VIP6"]
              peers: ["ct100:7001", "ct101:7001"]
              secret-file: /etc/pgproxy/secret
            """);

    private static void awaitAllAt(Host host) {
        for (String address : PAIR.addresses()) {
            Eventually.until(
                    address + " is at " + host.name() + " alone",
                    Pair.TAKEOVER,
                    () -> PAIR.holders(address),
                    Set.of(host.name())::equals,
                    host::log);
        }
    }

    private static void assertEachServes() {
        PAIR.addresses().forEach(PAIR::assertServes);
    }

    @Test
    void eachOfThemServesAtTheSameHost() {
        awaitAllAt(PAIR.holder());
        assertEachServes();
    }

    @Test
    void allMoveTogetherAndTheirNeighboursAreTold() {
        Host before = PAIR.holder();
        awaitAllAt(before);
        assertEachServes(); // so that the client knows where they are
        Neighbours client = new Neighbours(PAIR.cluster().client());
        PAIR.addresses().forEach(address -> client.assertKnows(address, before));

        Pair.pgproxy(before, "vip move").orFail();

        awaitAllAt(PAIR.other(before));
        PAIR.addresses().forEach(address -> client.awaitKnows(address, PAIR.other(before)));
        assertEachServes();
    }

    @Test
    void aFrozenHolderLosesAllOfThem() {
        Host before = PAIR.holder();
        awaitAllAt(before);

        before.signal("STOP", "java");
        try {
            awaitAllAt(PAIR.other(before));
            assertEachServes();
            assertThat(PAIR.addresses())
                    .allSatisfy(address -> assertThat(PAIR.holders(address)).doesNotContain(before.name()));
        } finally {
            Pair.thaw(before);
        }
    }
}
