package io.pgproxy.vip.peer;

import io.pgproxy.vip.machine.Instance;
import io.pgproxy.vip.machine.PeerMessage;
import io.pgproxy.vip.peer.Decoded.Authentic;
import io.pgproxy.vip.peer.Decoded.Rejected;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * Messages of one group as datagrams, and back. Pure; confined to one thread at a time.
 *
 * <p>A datagram, in network byte order:
 *
 * <pre>
 *  0  4  "pgpx"
 *  4  1  version, 1
 *  5  1  kind
 *  6  2  length of the whole datagram
 *  8  1  length of the group's name, and the name
 *     2  length of the sender's name, and the name
 *     8  the sender's boot nonce
 *     .. the receiver likewise; 0 for a boot that the sender does not know
 *     8  seq
 *     .. what the kind has beside: 8 bytes for a number, or 2 for a length and then a text; a hello has a byte of
 *        flags (1 ready, 2 sees a primary, 4 asks for the address) and one for the priority
 *    32  HMAC-SHA256 over all before
 * </pre>
 *
 * <p>Up to the group's name nothing is secret, so that whoever mixes up versions or groups is told what is wrong; the
 * rest is looked at only if the signature fits. The longest message has less than {@link #MAX_BYTES}, and that is less
 * than any network splits.
 */
public final class PeerCodec {
    static final int MAX_BYTES = 1024;
    static final byte VERSION = 1;

    private static final byte[] MAGIC = "pgpx".getBytes(StandardCharsets.US_ASCII);
    private static final int VERSION_AT = 4;
    private static final int KIND_AT = 5;
    private static final int LENGTH_AT = 6;
    private static final int GROUP_AT = 8;
    private static final int MAX_GROUP = 63;
    private static final String USE = "pgproxy peer message 1";

    private final byte[] group;
    private final Signature signature;

    /** @param group what all members call it; 1 to 63 visible ASCII characters, as a name in the configuration has */
    public PeerCodec(String group, SharedSecret secret) {
        if (!FieldReader.isName(group) || group.length() > MAX_GROUP) {
            throw new IllegalArgumentException("no name for a group: " + group);
        }
        this.group = group.getBytes(StandardCharsets.US_ASCII);
        signature = new Signature(secret.keys(USE));
    }

    /** The message as one datagram. */
    public byte[] encode(PeerMessage message) {
        ByteBuffer out = ByteBuffer.allocate(MAX_BYTES);
        out.put(MAGIC).put(VERSION).put(Kind.of(message).number()).putShort((short) 0);
        out.put((byte) group.length).put(group);
        FieldWriter fields = new FieldWriter(out);
        fields.instance(message.from());
        fields.instance(message.to());
        fields.number(message.seq());
        Kind.writeFields(message, fields);
        return signed(Arrays.copyOf(out.array(), out.position()));
    }

    /** The unsigned part with its length and its signature. */
    byte[] signed(byte[] unsigned) {
        int length = unsigned.length + Signature.BYTES;
        byte[] datagram = Arrays.copyOf(unsigned, length);
        ByteBuffer.wrap(datagram).putShort(LENGTH_AT, (short) length);
        System.arraycopy(signature.of(datagram, unsigned.length), 0, datagram, unsigned.length, Signature.BYTES);
        return datagram;
    }

    /** What the datagram says. */
    public Decoded decode(byte[] datagram) {
        return reject(datagram).<Decoded>map(rejected -> rejected).orElseGet(() -> open(datagram));
    }

    /** What is wrong with what is not secret: cheap, and so asked first. */
    Optional<Rejected> reject(byte[] datagram) {
        if (!Arrays.equals(Arrays.copyOf(datagram, MAGIC.length), MAGIC)) {
            return Optional.of(new Rejected(Rejection.NOT_OURS, ""));
        }
        if (datagram.length <= GROUP_AT + Signature.BYTES || datagram.length > MAX_BYTES) {
            return Optional.of(new Rejected(Rejection.LENGTH, datagram.length + " bytes"));
        }
        if (datagram[VERSION_AT] != VERSION) {
            return Optional.of(new Rejected(Rejection.VERSION, Byte.toString(datagram[VERSION_AT])));
        }
        int named = Short.toUnsignedInt(ByteBuffer.wrap(datagram).getShort(LENGTH_AT));
        if (datagram.length != named) {
            return Optional.of(new Rejected(Rejection.LENGTH, datagram.length + " bytes instead of " + named));
        }
        return isOfOurGroup(datagram)
                ? Optional.empty()
                : Optional.of(new Rejected(Rejection.GROUP, groupShown(datagram)));
    }

    private boolean isOfOurGroup(byte[] datagram) {
        int end = GROUP_AT + 1 + group.length;
        return datagram[GROUP_AT] == group.length
                && datagram.length - Signature.BYTES >= end
                && Arrays.equals(datagram, GROUP_AT + 1, end, group, 0, group.length);
    }

    private static String groupShown(byte[] datagram) {
        int length = Math.min(Byte.toUnsignedInt(datagram[GROUP_AT]), MAX_GROUP);
        int end = Math.min(GROUP_AT + 1 + length, datagram.length - Signature.BYTES);
        return new String(datagram, GROUP_AT + 1, end - GROUP_AT - 1, StandardCharsets.ISO_8859_1)
                .replaceAll("[^!-~]", "?");
    }

    /** The message in a datagram that {@link #reject} has nothing against. */
    Decoded open(byte[] datagram) {
        int signed = datagram.length - Signature.BYTES;
        if (!signature.fits(datagram, signed, Arrays.copyOfRange(datagram, signed, datagram.length))) {
            return new Rejected(Rejection.FORGED, "");
        }
        int groupEnd = GROUP_AT + 1 + group.length;
        FieldReader fields = new FieldReader(ByteBuffer.wrap(datagram, groupEnd, signed - groupEnd));
        return Kind.of(datagram[KIND_AT])
                .map(kind -> read(kind, fields))
                .orElseGet(() -> new Rejected(Rejection.UNKNOWN_KIND, Byte.toString(datagram[KIND_AT])));
    }

    private static Decoded read(Kind kind, FieldReader fields) {
        Instance from = fields.instance();
        Instance to = fields.instance();
        PeerMessage message = kind.read(from, to, fields.number(), fields);
        return fields.isSound() ? new Authentic(message) : new Rejected(Rejection.MALFORMED, "");
    }
}
