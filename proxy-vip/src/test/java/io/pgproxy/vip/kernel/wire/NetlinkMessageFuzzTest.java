package io.pgproxy.vip.kernel.wire;

import io.pgproxy.vip.KeptInputs;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever comes by netlink: it is read in bounded time and from within the datagram, and survives being said anew. */
public class NetlinkMessageFuzzTest {
    private static final int MAX_WORDS_CHARS = 200;
    private static final int MAX_NAME_CHARS = 15;

    static List<Path> keptInputs() throws IOException {
        return KeptInputs.of("netlink-message");
    }

    @ParameterizedTest
    @MethodSource("keptInputs")
    void holdsForTheKeptInputs(Path input) throws IOException {
        fuzzerTestOneInput(Files.readAllBytes(input));
    }

    /** Called first by {@code lab/fuzz}: the time in which the classes are loaded is not that of the first input. */
    public static void fuzzerInitialize() {
        fuzzerTestOneInput(AddressRequests.put(1, 1, Bytes.ipv4("192.0.2.7"), 32, 3));
    }

    /** Run by {@code lab/fuzz} with inputs that it makes up. */
    public static void fuzzerTestOneInput(byte[] input) {
        List<NetlinkMessage> messages =
                NetlinkMessage.split(ByteBuffer.wrap(input)).orElse(List.of());
        int bytes = 0;
        for (NetlinkMessage message : messages) {
            bytes += NetlinkMessage.HEADER_BYTES + message.body().remaining();
            checkAddress(message);
            Link.read(message).ifPresent(link -> checkText(link.name(), MAX_NAME_CHARS));
            Acknowledgement.read(message).ifPresent(verdict -> checkText(verdict.text(), MAX_WORDS_CHARS));
        }
        check(bytes <= input.length, "more was read than was there");
        check(messages.isEmpty() || input.length - bytes < 4 * messages.size(), "something was left unread");
    }

    private static void checkAddress(NetlinkMessage message) {
        AddressEntry.read(message).ifPresent(entry -> {
            int bits = 8 * entry.address().getAddress().length;
            check(entry.subnet().prefixLength() <= bits, "a prefix longer than its address");
            check(entry.subnet().base().getAddress().length * 8 == bits, "two families in one entry");
            check(entry.validSeconds() >= 0 && entry.validSeconds() <= AddressEntry.FOREVER, "a lifetime");
            NetlinkMessage anew = NetlinkMessages.only(AddressRequests.put(
                    1, entry.linkIndex(), entry.address(), entry.subnet().prefixLength(), 3));
            AddressEntry back = AddressEntry.read(anew).orElseThrow();
            check(back.address().equals(entry.address()), "another address when said anew");
            check(back.linkIndex() == entry.linkIndex() && back.isOurs(), "something else when said anew");
        });
    }

    private static void checkText(String text, int maxChars) {
        check(text.length() <= maxChars, "text of " + text.length());
        check(text.chars().noneMatch(Character::isISOControl), "text that cannot be printed");
    }

    private static void check(boolean holds, String otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise);
        }
    }
}
