package io.pgproxy.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class StartupPacketTest {
    private static boolean isAnsweredInMessages(int version, String parameters) {
        byte[] packet = Packets.packet(version, parameters.replace('|', '\0').getBytes(StandardCharsets.UTF_8));
        return StartupPacket.isAnsweredInMessages(Unpooled.wrappedBuffer(packet), packet.length);
    }

    @ParameterizedTest
    @ValueSource(ints = {196608, 196610, 3 << 16 | 9999})
    void everyMinorVersionOfThreeHasLengths(int version) {
        assertThat(isAnsweredInMessages(version, "user|app|database|db||")).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {131072, 4 << 16, 1, -1})
    void noOtherVersionIsKnownToHaveThem(int version) {
        assertThat(isAnsweredInMessages(version, "user|app||")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"database", "true", "on", "1", "false", ""})
    void whoMayReplicateIsNotSpokenTo(String value) {
        assertThat(isAnsweredInMessages(Packets.VERSION_3_0, "user|app|replication|" + value + "||"))
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "user|replication||",
                "user|app|options|-c replication=1||",
                "user|app|replications|1||",
                "user|app|Replication|1||",
                "replicatio|n||",
                "|"
            })
    void wordAloneMakesNoReplication(String parameters) {
        assertThat(isAnsweredInMessages(Packets.VERSION_3_0, parameters)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"user", "user|", "user|app|database", "user|app|replication", "user|app|replication|"})
    void packetThatEndsAmidAParameterIsNotBelieved(String parameters) {
        assertThat(isAnsweredInMessages(Packets.VERSION_3_0, parameters)).isFalse();
    }

    @Test
    void bytesBehindThePacketDoNotCount() {
        byte[] packet = Packets.startup("app");
        byte[] behind = "replication\0true\0\0".getBytes(StandardCharsets.US_ASCII);
        assertThat(StartupPacket.isAnsweredInMessages(Unpooled.wrappedBuffer(packet, behind), packet.length))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void readsNothingBeyondThePacketWhateverItContains(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < 2_000; i++) {
            byte[] body = new byte[random.nextInt(40)];
            for (int at = 0; at < body.length; at++) {
                body[at] = (byte) (random.nextInt(3) == 0 ? 0 : 'a' + random.nextInt(3));
            }
            byte[] packet = Packets.packet(Packets.VERSION_3_0, body);
            assertThat(StartupPacket.isAnsweredInMessages(Unpooled.wrappedBuffer(packet), packet.length))
                    .isIn(true, false); // and throws nothing
        }
    }
}
