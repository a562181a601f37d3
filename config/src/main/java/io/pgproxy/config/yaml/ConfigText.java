package io.pgproxy.config.yaml;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.yaml.snakeyaml.reader.StreamReader;

/** From the bytes of a file to text that a YAML parser may see. */
final class ConfigText {
    /** A thousand times what the longest honest file needs. */
    static final int MAX_BYTES = 1 << 20;

    private static final char BYTE_ORDER_MARK = '\uFEFF';

    private ConfigText() {}

    static Optional<String> decode(byte[] bytes, Problems problems) {
        if (bytes.length > MAX_BYTES) {
            problems.add(0, "", "the file is larger than 1 MiB");
            return Optional.empty();
        }
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CharBuffer out = CharBuffer.allocate(bytes.length);
        // A new decoder reports what it can't decode; String's own would put replacement characters into a host name.
        CoderResult result = StandardCharsets.UTF_8.newDecoder().decode(in, out, true);
        if (result.isError()) {
            int at = in.position();
            problems.add(lineAt(bytes, at), "", String.format("not UTF-8 text: byte 0x%02X", bytes[at]));
            return Optional.empty();
        }
        String text = out.flip().toString();
        return printable(isMarked(text) ? text.substring(1) : text, problems);
    }

    /** Editors on Windows write a byte order mark at the start of a file; it says nothing and does no harm. */
    private static boolean isMarked(String text) {
        return !text.isEmpty() && text.charAt(0) == BYTE_ORDER_MARK;
    }

    /** The parser would refuse such characters as well, but without the line. */
    private static Optional<String> printable(String text, Problems problems) {
        int line = 1;
        for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
            int codePoint = text.codePointAt(i);
            if (!StreamReader.isPrintable(codePoint)) {
                problems.add(line, "", String.format("the character U+%04X is not allowed in YAML", codePoint));
                return Optional.empty();
            }
            line += codePoint == '\n' ? 1 : 0;
        }
        return Optional.of(text);
    }

    private static int lineAt(byte[] bytes, int position) {
        int line = 1;
        for (int i = 0; i < position; i++) {
            line += bytes[i] == '\n' ? 1 : 0;
        }
        return line;
    }
}
