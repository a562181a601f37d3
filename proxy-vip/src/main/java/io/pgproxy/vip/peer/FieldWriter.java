package io.pgproxy.vip.peer;

import io.pgproxy.vip.machine.Condition;
import io.pgproxy.vip.machine.Instance;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Writes the parts of a message. Confined to one message. */
final class FieldWriter {
    private final ByteBuffer out;

    FieldWriter(ByteBuffer out) {
        this.out = out;
    }

    void number(long number) {
        out.putLong(number);
    }

    void instance(Instance instance) {
        String name = instance.member().name();
        if (!FieldReader.isName(name)) {
            throw new IllegalArgumentException("no name for a member: " + name);
        }
        text(name);
        number(instance.boot());
    }

    void condition(Condition condition) {
        int flags = (condition.ready() ? FieldReader.READY : 0)
                | (condition.seesPrimary() ? FieldReader.SEES_PRIMARY : 0)
                | (condition.asks() ? FieldReader.ASKS : 0);
        out.put((byte) flags).put((byte) condition.priority());
    }

    /** Shortened, and without what is not ASCII: it is only read by people. */
    void sentence(String sentence) {
        String ascii = sentence.replaceAll("[^ -~]", "?");
        text(ascii.substring(0, Math.min(ascii.length(), FieldReader.MAX_SENTENCE)));
    }

    private void text(String text) {
        out.putShort((short) text.length());
        out.put(text.getBytes(StandardCharsets.US_ASCII));
    }
}
