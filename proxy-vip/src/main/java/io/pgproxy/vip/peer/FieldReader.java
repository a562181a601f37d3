package io.pgproxy.vip.peer;

import io.pgproxy.vip.machine.Condition;
import io.pgproxy.vip.machine.Instance;
import io.pgproxy.vip.machine.Member;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Reads the parts of a message. What is not there or not as it must be is read as nothing, and {@link #isSound} tells.
 * Confined to one message.
 */
final class FieldReader {
    /** The longest host name there is, brackets, and a port. */
    static final int MAX_NAME = 261;

    static final int MAX_SENTENCE = 200;

    static final int READY = 1;
    static final int SEES_PRIMARY = 2;
    static final int ASKS = 4;
    private static final int ALL_FLAGS = READY | SEES_PRIMARY | ASKS;

    private final ByteBuffer in;
    private boolean sound = true;

    FieldReader(ByteBuffer in) {
        this.in = in;
    }

    /** Whether all that was read was there, and nothing is left. */
    boolean isSound() {
        return sound && !in.hasRemaining();
    }

    long number() {
        return has(Long.BYTES) ? in.getLong() : 0;
    }

    Instance instance() {
        String name = text(MAX_NAME);
        sound &= isName(name);
        return new Instance(new Member(name), number());
    }

    String sentence() {
        String sentence = text(MAX_SENTENCE);
        sound &= sentence.chars().allMatch(c -> c >= ' ' && c <= '~');
        return sentence;
    }

    /** A flag that this version does not know is not passed over: it would mean something to its sender. */
    Condition condition() {
        int flags = octet();
        int priority = octet();
        sound &= (flags & ~ALL_FLAGS) == 0 && priority >= Condition.MIN_PRIORITY;
        return new Condition(
                (flags & READY) != 0,
                (flags & SEES_PRIMARY) != 0,
                (flags & ASKS) != 0,
                Math.max(priority, Condition.MIN_PRIORITY));
    }

    private int octet() {
        return has(Byte.BYTES) ? Byte.toUnsignedInt(in.get()) : 0;
    }

    static boolean isName(String text) {
        return !text.isEmpty() && text.length() <= MAX_NAME && text.chars().allMatch(c -> c > ' ' && c <= '~');
    }

    private String text(int max) {
        int length = has(Short.BYTES) ? Short.toUnsignedInt(in.getShort()) : 0;
        if (length > max || !has(length)) {
            sound = false;
            return "";
        }
        byte[] text = new byte[length];
        in.get(text);
        return new String(text, StandardCharsets.ISO_8859_1); // one character a byte: none is lost before it is judged
    }

    private boolean has(int bytes) {
        sound &= in.remaining() >= bytes;
        return sound;
    }
}
