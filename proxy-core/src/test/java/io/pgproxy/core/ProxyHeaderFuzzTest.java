package io.pgproxy.core;

import static io.pgproxy.core.ProxyHeaders.concat;
import static io.pgproxy.core.ProxyHeaders.tlv;

import io.netty.util.LeakPresenceDetector;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The seeds of the fuzzer, and what a seeded random makes of them. */
@Timeout(60)
final class ProxyHeaderFuzzTest {
    private static final byte[] STARTUP = Packets.startup("app");

    static Stream<byte[]> seeds() {
        return Stream.of(
                new byte[0],
                new byte[] {1},
                concat(new byte[] {0}, ProxyHeaders.v1From("192.0.2.7"), STARTUP),
                concat(new byte[] {1}, ProxyHeaders.v1("PROXY UNKNOWN"), STARTUP),
                concat(new byte[] {0}, ProxyHeaders.v2From("192.0.2.7"), STARTUP),
                concat(new byte[] {7}, ProxyHeaders.local(), Packets.sslRequest()),
                concat(new byte[] {13}, ProxyHeaders.v2(ProxyHeaders.UNIX, new byte[216]), STARTUP),
                concat(
                        new byte[] {5},
                        ProxyHeaders.v2From(
                                "192.0.2.7",
                                ProxyHeaders.ssl(tlv(0x21, new byte[7]), ProxyHeaders.ssl(tlv(0x22, new byte[9]))),
                                tlv(0xEE, new byte[33])),
                        STARTUP),
                concat(new byte[] {0}, ProxyHeaders.v2From("192.0.2.7", tlv(0x04, 999, new byte[3])), STARTUP),
                concat(new byte[] {0}, STARTUP));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void seedHolds(byte[] input) {
        ProxyHeaderFuzz.fuzz(input);
    }

    @Test
    void changedSeedsHoldAndLeakNothing() {
        Random random = new Random(20_261_124);
        List<byte[]> seeds = seeds().filter(seed -> seed.length > 1).toList();
        for (int i = 0; i < 2_000; i++) {
            byte[] input = seeds.get(random.nextInt(seeds.size())).clone();
            for (int changes = random.nextInt(4); changes >= 0; changes--) {
                input[random.nextInt(input.length)] = (byte) random.nextInt();
            }
            ProxyHeaderFuzz.fuzz(input);
        }
        LeakPresenceDetector.check();
    }
}
