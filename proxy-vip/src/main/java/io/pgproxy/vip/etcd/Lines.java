package io.pgproxy.vip.etcd;

import com.google.protobuf.ByteString;
import io.pgproxy.etcd.UnreadableValue;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * A value as lines of a word and what belongs to it. Whoever may write to etcd may write anything, so whatever one of us
 * would not have written just so is refused. Confined to one reading.
 */
final class Lines {
    /** Sixteen members with the longest names that DNS has; what is longer was not written by us. */
    static final int MAX_BYTES = 8 * 1024;

    /** A later version of pgproxy that writes more than this one understands writes another number. */
    private static final String FIRST = "pgproxy 1";

    private final Deque<String> lines;

    Lines(ByteString value) throws UnreadableValue {
        if (value.size() > MAX_BYTES) {
            throw new UnreadableValue("it has " + value.size() + " bytes");
        }
        String text = value.toString(StandardCharsets.ISO_8859_1);
        if (!text.chars().allMatch(c -> c == '\n' || (c >= ' ' && c <= '~'))) {
            throw new UnreadableValue("it has bytes that are no plain text");
        }
        if (!text.endsWith("\n")) {
            throw new UnreadableValue("its last line has no end");
        }
        lines = new ArrayDeque<>(List.of(text.split("\n", -1)));
        lines.removeLast();
        if (!FIRST.equals(lines.poll())) {
            throw new UnreadableValue("it does not begin with '" + FIRST + "'");
        }
    }

    /** Begins a value. */
    static StringBuilder begin() {
        return new StringBuilder(FIRST).append('\n');
    }

    boolean isNext(String word) {
        String line = lines.peek();
        return line != null && line.startsWith(word + " ");
    }

    /** What belongs to that word, which must be the next. */
    String next(String word) throws UnreadableValue {
        if (!isNext(word)) {
            throw new UnreadableValue("it has no '" + word + "' where it should");
        }
        return lines.remove().substring(word.length() + 1);
    }

    /** There must be nothing more. */
    void end() throws UnreadableValue {
        if (!lines.isEmpty()) {
            throw new UnreadableValue("it has more lines than it should");
        }
    }
}
