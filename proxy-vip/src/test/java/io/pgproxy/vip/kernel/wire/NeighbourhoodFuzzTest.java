package io.pgproxy.vip.kernel.wire;

import io.pgproxy.vip.KeptInputs;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever comes from the network, taken for ARP and for neighbour discovery: it is read in bounded time, it means what
 * its bytes say, and the kernel's filter would have let through whatever we would have acted on.
 */
public class NeighbourhoodFuzzTest {
    private static final int IPV6_HEADER_BYTES = 40;
    private static final int LEAST_MESSAGE_BYTES = 24;

    static List<Path> keptInputs() throws IOException {
        return KeptInputs.of("neighbourhood");
    }

    @ParameterizedTest
    @MethodSource("keptInputs")
    void holdsForTheKeptInputs(Path input) throws IOException {
        fuzzerTestOneInput(Files.readAllBytes(input));
    }

    /** Called first by {@code lab/fuzz}: the time in which the classes are loaded is not that of the first input. */
    public static void fuzzerInitialize() {
        fuzzerTestOneInput(
                ArpFrame.probe(MacAddress.BROADCAST, Bytes.ipv4("192.0.2.7")).bytes());
        fuzzerTestOneInput(NeighbourPacket.announce(MacAddress.BROADCAST, Bytes.ipv6("2001:db8::7"))
                .bytes());
    }

    /** Run by {@code lab/fuzz} with inputs that it makes up. */
    public static void fuzzerTestOneInput(byte[] input) {
        ArpFrame.read(ByteBuffer.wrap(input)).ifPresent(frame -> checkArp(frame, input));
        checkDiscovery(input);
        // A fuzzer does not come upon checksums.
        if (input.length >= IPV6_HEADER_BYTES + LEAST_MESSAGE_BYTES) {
            checkDiscovery(
                    NeighbourPacketTest.summedUp(ByteBuffer.wrap(input.clone())).array());
        }
    }

    private static void checkArp(ArpFrame frame, byte[] input) {
        check(Arrays.equals(frame.bytes(), Arrays.copyOf(input, ArpFrame.BYTES)), "other bytes when said anew");
        Inet4Address about = frame.isProbe() ? frame.targetAddress() : frame.senderAddress();
        PacketFilter filter = PacketFilter.arp(List.of(about));
        check(ClassicBpf.run(filter.bytes(), input) > 0, "the filter drops what is about its address");
    }

    private static void checkDiscovery(byte[] input) {
        NeighbourPacket.read(ByteBuffer.wrap(input)).ifPresent(packet -> {
            NeighbourPacket back =
                    NeighbourPacket.read(ByteBuffer.wrap(packet.bytes())).orElseThrow();
            check(back.equals(packet), "something else when said anew: " + back + " for " + packet);
            for (Inet6Address about : List.of(packet.source(), packet.target())) {
                PacketFilter filter = PacketFilter.neighbourDiscovery(List.of(about));
                check(ClassicBpf.run(filter.bytes(), input) > 0, "the filter drops what is about its address");
            }
        });
    }

    private static void check(boolean holds, String otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise);
        }
    }
}
